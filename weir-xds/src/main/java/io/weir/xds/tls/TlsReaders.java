package io.weir.xds.tls;

import io.weir.xds.compile.Extensions;

/** All readers of TLS and of what brings certificates. */
public final class TlsReaders {

    private TlsReaders() {}

    /** These extensions and TLS, and certificates that Weir has issued for itself. */
    public static Extensions addTo(Extensions extensions) {
        return extensions.with(new DownstreamTlsReader()).with(new UpstreamTlsReader())
                .with(new SecretReader()).with(new AcmeReader()).with(new SpiffeReader())
                .with(new StartTlsReaders.WithClients()).with(new StartTlsReaders.WithHosts());
    }
}
