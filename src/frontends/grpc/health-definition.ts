import { fromJSON } from '#grpc';

const field = (type: string, more: object = {}): object => ({ type, id: 1, ...more });
const method = (request: string, response: string, more: object = {}): object => ({
  requestType: request,
  responseType: response,
  ...more,
});

/**
 * grpc.health.v1 as its public definition has it, for reflection alone. The health library's own copy won't do there: of
 * its map field the descriptor has an entry type by a name that is not valid, and clients then take none of the file. Here
 * the entry is spelled out; on the wire it is the same.
 */
export const healthPackage = fromJSON({
  nested: {
    grpc: {
      nested: {
        health: {
          nested: {
            v1: {
              nested: {
                HealthCheckRequest: { fields: { service: field('string') } },
                HealthCheckResponse: {
                  fields: { status: field('ServingStatus') },
                  nested: {
                    ServingStatus: {
                      values: { UNKNOWN: 0, SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 },
                    },
                  },
                },
                HealthListRequest: { fields: {} },
                HealthListResponse: {
                  fields: { statuses: field('StatusesEntry', { rule: 'repeated' }) },
                  nested: {
                    StatusesEntry: {
                      options: { map_entry: true },
                      fields: {
                        key: field('string'),
                        value: { type: 'HealthCheckResponse', id: 2 },
                      },
                    },
                  },
                },
                Health: {
                  methods: {
                    Check: method('HealthCheckRequest', 'HealthCheckResponse'),
                    Watch: method('HealthCheckRequest', 'HealthCheckResponse', {
                      responseStream: true,
                    }),
                    List: method('HealthListRequest', 'HealthListResponse'),
                  },
                },
              },
            },
          },
        },
      },
    },
  },
} as Parameters<typeof fromJSON>[0]);
