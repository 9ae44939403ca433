package io.weir.http.route.match;

/**
 * What routes may ask of the certificate of a client.
 *
 * @param presented
 *            whether it has shown one
 * @param validated
 *            whether it was checked against somebody who is believed
 */
public record ClientCertificate(boolean presented, boolean validated) {
    /** Of a connection without TLS, or whose client was not asked. */
    public static final ClientCertificate NONE = new ClientCertificate(false, false);
}
