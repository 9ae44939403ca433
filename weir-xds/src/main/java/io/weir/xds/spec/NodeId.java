package io.weir.xds.spec;

import io.weir.core.model.Locality;

/**
 * Who this Weir is, to control planes and in {@code /server_info}; empty strings where nothing is configured.
 *
 * @param id
 *            unique among the nodes of a cluster
 * @param cluster
 *            the service this node belongs to
 * @param locality
 *            where it runs
 * @param peerIndex
 *            which of the proxies like it this one is, from 0 on: {@code metadata["weir.aperture"].peer_index}
 * @param peerCount
 *            how many there are, {@code peer_count} beside it; 0: not said
 */
public record NodeId(String id, String cluster, Locality locality, int peerIndex, int peerCount) {
}
