// Original file: proto/quoll/v1/session.proto


/**
 * See `SessionService.TouchSession`.
 */
export interface TouchSessionRequest {
}

/**
 * See `SessionService.TouchSession`.
 */
export interface TouchSessionRequest__Output {
}
