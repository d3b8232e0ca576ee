// Original file: proto/quoll/v1/session.proto


/**
 * See `SessionService.CloseSession`.
 */
export interface CloseSessionRequest {
}

/**
 * See `SessionService.CloseSession`.
 */
export interface CloseSessionRequest__Output {
}
