package io.weir.stream.postgres;

import io.weir.xds.spec.ConnectionFilter;

/**
 * What is done with clients' wish for TLS. Immutable. Source: Envoy's {@code postgres_proxy}.
 *
 * @param statPrefix
 *            in {@code postgres.<statPrefix>.}
 * @param asksHosts
 *            whether hosts are asked for TLS, and those that decline are not spoken to: {@code upstream_ssl: REQUIRE}
 */
public record PostgresSpec(String statPrefix, Clients clients, boolean asksHosts) implements ConnectionFilter {

    /** Envoy's {@code downstream_ssl}. */
    public enum Clients {
        /** All is passed on, and the host answers. */
        DISABLE,
        /** Who asks for TLS gets it; who does not goes on in the clear. */
        ALLOW,
        /** Who does not ask for it is told so and closed. */
        REQUIRE
    }

    @Override
    public boolean turnsToTls() {
        return clients != Clients.DISABLE;
    }

    @Override
    public boolean asksHostsForTls() {
        return asksHosts;
    }
}
