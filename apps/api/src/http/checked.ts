import { StandardSchemaValidationPipe, UsePipes } from '@nestjs/common';
import { RefusalError } from '@app/contracts';

type PathSegment = PropertyKey | { key: PropertyKey };

/** Holds every parameter that names a schema to it; a refusal names each field. For a controller, never global. */
export function Checked() {
  return UsePipes(
    new StandardSchemaValidationPipe({
      exceptionFactory: (issues) =>
        new RefusalError('invalid_request', {
          issues: issues.map(({ path, message }) => ({
            path: ((path as PathSegment[] | undefined) ?? []).map(segment).join('.'),
            message,
          })),
        }),
    }),
  );
}

function segment(part: PathSegment): string {
  return String(typeof part === 'object' ? part.key : part);
}
