package io.weir.core.cluster;

import io.weir.core.balance.Picker;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.HostSet;

/** A cluster at one moment: what it is told to be, its hosts, and how to pick one. Immutable; any thread. */
public record ClusterView(ClusterSpec spec, HostSet hosts, Picker picker) {
}
