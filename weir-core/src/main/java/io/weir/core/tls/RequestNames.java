package io.weir.core.tls;

/**
 * Whether hosts are asked for the names of requests: Envoy's {@code auto_sni} and {@code auto_san_validation}.
 * Immutable; any thread.
 *
 * @param asked
 *            whether a host is asked for the name of the request that its connection is made for
 * @param proven
 *            whether its certificate must carry that name
 */
public record RequestNames(boolean asked, boolean proven) {
    /** What holds where nothing is said. */
    public static final RequestNames NONE = new RequestNames(false, false);
    /** Where what says so stands among a cluster's extensions. */
    public static final String KEY = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    /** What knows of them, among other things. */
    public interface Given {
        /** What is said of them. */
        RequestNames names();
    }

    /** Whether a connection that is made for one name serves no other. */
    public boolean any() {
        return asked || proven;
    }
}
