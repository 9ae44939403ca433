package io.weir.http.shadow;

import io.weir.http.route.Route;
import java.util.List;

/** Who gets copies of a route's requests. Immutable. */
public record ShadowRules(List<ShadowPolicy> policies) implements Route.Note {
    public ShadowRules {
        policies = List.copyOf(policies);
    }
}
