package io.weir.core.cluster;

import io.weir.core.model.HealthFlag;
import io.weir.core.model.Host;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Set;

/** Which hosts of a cluster have failed, by their checks or as outliers, from one view to the next. The conductor's. */
public final class FailedHosts {
    private Set<Host> out = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Those that are out now and were not when this was last asked. */
    public Set<Host> since(ClusterView now) {
        Set<Host> failed = new HashSet<>();
        Set<Host> outNow = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Host host : now.hosts().all()) {
            if (host.is(HealthFlag.FAILED_ACTIVE_HC) || host.is(HealthFlag.FAILED_OUTLIER_CHECK)) {
                outNow.add(host);
                if (!out.contains(host)) {
                    failed.add(host);
                }
            }
        }
        out = outNow;
        return failed;
    }

    /** Nobody asks for the time being: whoever is out when this is asked again is told of. */
    public void forget() {
        if (!out.isEmpty()) {
            out = Set.of();
        }
    }
}
