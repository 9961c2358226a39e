import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { Express, Request, Response } from 'express';
import { asyncApiDocument, ERRORS } from '@app/contracts';

/** OpenAPI at /api/docs-json with pages to try it at /api/docs; the sockets' AsyncAPI at /api/sockets-json. */
export function offerDocuments(app: INestApplication): void {
  const about = new DocumentBuilder()
    .setTitle('Hongbao')
    .setDescription('Red packets for mass grab events. Amounts: whole minor units; instants: ISO 8601 UTC.')
    .setVersion('1')
    .addBearerAuth()
    .addSecurityRequirements('bearer')
    .build();
  SwaggerModule.setup('api/docs', app, () => withProblems(SwaggerModule.createDocument(app, about)), {
    jsonDocumentUrl: 'api/docs-json',
  });
  const sockets = asyncApiDocument();
  const http = app.getHttpAdapter().getInstance() as Express;
  http.get('/api/sockets-json', (_request: Request, response: Response) => void response.json(sockets));
}

/** Every call may answer with a problem, whatever else it answers. */
function withProblems(document: OpenAPIObject): OpenAPIObject {
  const text = { type: 'string' };
  const properties = {
    ...{ type: text, title: text, detail: text, code: { type: 'string', enum: Object.keys(ERRORS) } },
    ...{ status: { type: 'integer' }, retryAfterMs: { type: 'integer' } },
    issues: { type: 'array', items: { type: 'object', properties: { path: text, message: text } } },
  };
  const problem = { type: 'object', required: ['type', 'title', 'status', 'code', 'detail'], properties };
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Problem: problem as never },
  };
  for (const path of Object.values(document.paths)) {
    for (const operation of [path.get, path.post]) {
      if (operation) operation.responses.default = { description: 'RFC 9457 problem', content };
    }
  }
  return document;
}
