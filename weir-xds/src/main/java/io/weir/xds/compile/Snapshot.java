package io.weir.xds.compile;

import io.weir.xds.spec.AdminSpec;
import io.weir.xds.spec.DemoSpec;
import io.weir.xds.spec.Interception;
import io.weir.xds.spec.ListenerSpec;
import io.weir.xds.spec.NodeId;
import java.util.List;

import com.google.protobuf.Message;

import io.weir.core.model.ClusterSpec;
import io.weir.core.overload.OverloadSpec;
import io.weir.core.tls.AcmeSpec;

import org.jspecify.annotations.Nullable;

/**
 * A whole configuration that holds together: names are unique and every cluster that is named exists. Immutable.
 *
 * @param node
 *            who this Weir is
 * @param localCluster
 *            the cluster whose hosts are the proxies like this one; empty when none is named
 * @param outlierLog
 *            the file that events of outlier detection are written to; empty: none
 * @param listeners
 *            in the order of the configuration
 * @param clusters
 *            in the order of the configuration
 * @param admin
 *            where the admin endpoints are; null when they are off
 * @param demo
 *            backends to run inside the process; null when there are none
 * @param acme
 *            certificates that are issued by an authority; their files are named where they are shown
 * @param overload
 *            what is watched for overload
 * @param interception
 *            which connections a sidecar wants to have; null: this is none
 * @param source
 *            the {@code envoy.config.bootstrap.v3.Bootstrap} it was compiled from, for {@code /config_dump}
 */
public record Snapshot(NodeId node, String localCluster, String outlierLog, List<ListenerSpec> listeners,
        List<ClusterSpec> clusters, @Nullable AdminSpec admin, @Nullable DemoSpec demo, List<AcmeSpec> acme,
        OverloadSpec overload, @Nullable Interception interception, Message source) {

    public Snapshot {
        listeners = List.copyOf(listeners);
        clusters = List.copyOf(clusters);
        acme = List.copyOf(acme);
    }

    /** The same of a sidecar that wants to have these; null: of none. */
    Snapshot intercepting(@Nullable Interception wanted) {
        return new Snapshot(node, localCluster, outlierLog, listeners, clusters, admin, demo, acme, overload, wanted,
                source);
    }
}
