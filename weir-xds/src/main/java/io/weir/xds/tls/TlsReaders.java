package io.weir.xds.tls;

import io.weir.xds.compile.Extensions;

/** All readers of TLS. */
public final class TlsReaders {

    private TlsReaders() {}

    /** These extensions and TLS. */
    public static Extensions addTo(Extensions extensions) {
        return extensions.with(new DownstreamTlsReader()).with(new UpstreamTlsReader())
                .with(new SecretReader());
    }
}
