package io.weir.core.health;

import io.weir.core.model.Host;
import io.weir.core.rule.CheckSpec;
import java.net.SocketAddress;

/**
 * Whom to check, and how.
 *
 * @param address
 *            where checks of this host go: its own address unless its endpoint says otherwise
 * @param hostname
 *            what to call the host; empty: as the check's own settings say
 * @param cluster
 *            the cluster's name, which a check without a host name uses
 */
public record CheckTarget(Host host, SocketAddress address, String hostname, String cluster, CheckSpec spec) {
}
