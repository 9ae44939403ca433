package io.weir.http.tally;

import io.weir.core.stats.Scope;
import io.weir.core.stats.Stats;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.Route;
import io.weir.http.route.match.HeaderMatch;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The numbers of all routes of a table that have any, {@code vhost.<name>.*}. Immutable; any thread. */
public final class Tallies {
    private final IdentityHashMap<Counted, Place> places = new IdentityHashMap<>();

    /**
     * Where the requests of one route count.
     *
     * @param other
     *            the numbers of those that belong to no virtual cluster; null: there are no virtual clusters
     * @param route
     *            null: the route has none of its own
     */
    private record Place(List<Watched> clusters, @Nullable Numbers other, @Nullable Numbers route) {
        @Nullable
        Numbers cluster(HttpHead request) {
            for (int i = 0; i < clusters.size(); i++) {
                if (clusters.get(i).takes(request)) {
                    return clusters.get(i).numbers;
                }
            }
            return other;
        }
    }

    private record Watched(List<HeaderMatch> headers, Numbers numbers) {
        boolean takes(HttpHead request) {
            for (int i = 0; i < headers.size(); i++) {
                if (!headers.get(i).matches(request)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Those of these routes. */
    public Tallies(List<Counted> all, Stats stats) {
        for (var counted : all) {
            places.put(counted, place(counted, stats.root().child("vhost").tagged("envoy.virtual_host",
                    counted.virtualHost())));
        }
    }

    private static Place place(Counted counted, Scope host) {
        var watched = new ArrayList<Watched>();
        for (var cluster : counted.clusters()) {
            watched.add(new Watched(cluster.headers(), cluster(cluster.name(), host)));
        }
        String prefix = counted.statPrefix();
        return new Place(List.copyOf(watched), watched.isEmpty() ? null : cluster(Counted.OTHER, host),
                prefix.isEmpty() ? null : new Numbers(prefix, host.child("route").tagged("envoy.route", prefix)));
    }

    private static Numbers cluster(String name, Scope host) {
        return new Numbers(name, host.child("vcluster").tagged("envoy.virtual_cluster", name));
    }

    /** Says where a request counts from now on: its head is what filters have made of it, and no route yet. */
    public void begin(Tally tally, Route route, HttpHead request) {
        if (places.isEmpty()) {
            return;
        }
        var counted = route.note(Counted.class);
        var place = counted == null ? null : places.get(counted);
        if (place == null) {
            tally.clear();
        } else {
            tally.begin(place.cluster(request), place.route);
        }
    }
}
