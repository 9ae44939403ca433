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
 */
public record NodeId(String id, String cluster, Locality locality) {
}
