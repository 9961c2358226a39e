import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { Express, Request, Response } from 'express';
import { asyncApiDocument, ERRORS, listOf, record, ref, text, whole } from '@app/contracts';
import { answers, answerSchemas, contentTypes, pagedAnswers } from './answers.js';

/** OpenAPI at /api/docs-json with pages to try it at /api/docs; the sockets' AsyncAPI at /api/sockets-json. */
export function offerDocuments(app: INestApplication): void {
  const about = new DocumentBuilder()
    .setTitle('Hongbao')
    .setDescription('Red packets for mass grab events. Amounts: whole minor units; instants: ISO 8601 UTC.')
    .setVersion('1')
    .addBearerAuth()
    .addSecurityRequirements('bearer')
    .build();
  SwaggerModule.setup('api/docs', app, () => withAnswers(SwaggerModule.createDocument(app, about)), {
    jsonDocumentUrl: 'api/docs-json',
  });
  const sockets = asyncApiDocument();
  const http = app.getHttpAdapter().getInstance() as Express;
  http.get('/api/sockets-json', (_request: Request, response: Response) => void response.json(sockets));
}

/** What each call answers, and that every one may answer with a problem instead. */
function withAnswers(document: OpenAPIObject): OpenAPIObject {
  const schemas = { ...document.components?.schemas, ...answerSchemas, Problem: problemSchema };
  document.components = { ...document.components, schemas: schemas as never };
  const problem = { 'application/problem+json': { schema: ref('Problem') } };
  // Between our processes; the gateway gives them to nobody.
  for (const path of Object.keys(document.paths))
    if (path.startsWith('/internal/')) delete document.paths[path];
  for (const path of Object.values(document.paths)) {
    for (const operation of [path.get, path.post, path.patch, path.delete]) {
      if (!operation) continue;
      const { operationId = '', responses } = operation;
      const done = Object.keys(responses).find((status) => status.startsWith('2'));
      const schema = answers[operationId];
      if (done && schema) {
        const paged = pagedAnswers.test(operationId);
        responses[done] = {
          description: 'Done.',
          content: { [contentTypes[operationId] ?? 'application/json']: { schema } },
          ...(paged
            ? {
                headers: {
                  'X-Next-Cursor': { schema: { type: 'string' }, description: 'Where there is more.' },
                },
              }
            : {}),
        };
      }
      responses.default = { description: 'RFC 9457 problem', content: problem };
    }
  }
  return document;
}

const problemSchema = record(
  { type: text, title: text, status: whole, code: { enum: Object.keys(ERRORS) }, detail: text },
  { retryAfterMs: whole, issues: listOf(record({ path: text, message: text })) },
);
