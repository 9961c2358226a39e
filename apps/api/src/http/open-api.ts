import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

/** The document at /api/docs-json, pages to try it at /api/docs. */
export function offerOpenApi(app: INestApplication): void {
  const about = new DocumentBuilder()
    .setTitle('Hongbao')
    .setDescription(
      'Red packets for mass grab events. Amounts are integers in minor units; instants are ISO 8601 UTC.',
    )
    .setVersion('1')
    .addBearerAuth()
    .addSecurityRequirements('bearer')
    .build();
  SwaggerModule.setup('api/docs', app, () => SwaggerModule.createDocument(app, about), {
    jsonDocumentUrl: 'api/docs-json',
  });
}
