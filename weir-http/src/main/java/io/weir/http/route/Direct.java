package io.weir.http.route;

/**
 * An answer from Weir itself. Source: Envoy's {@code DirectResponseAction}.
 *
 * @param status
 *            200 to 599
 * @param body
 *            the bytes, not to be written to; may be empty
 */
@SuppressWarnings("ArrayRecordComponent") // shared by every answer, so never copied; equality is not asked for
public record Direct(int status, byte[] body) implements RouteAction {
}
