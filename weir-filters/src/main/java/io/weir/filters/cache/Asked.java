package io.weir.filters.cache;

import io.weir.core.model.Criteria;
import io.weir.filters.cache.rules.Conditions;
import io.weir.filters.cache.rules.Directives;
import io.weir.filters.cache.rules.RequestKey;
import io.weir.filters.cache.rules.Storable;
import io.weir.filters.cache.rules.StoredResponse;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.FilterExchange;
import io.weir.http.route.Forward;
import io.weir.http.route.Target;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the request at hand asks for, as it came. Serves one exchange after another; belongs to one worker. */
final class Asked {
    private static final Conditions NO_CONDITIONS = new Conditions(null, null, null, null);
    private static final HeaderName IF_RANGE = HeaderName.of("if-range");

    /** What a request is to a cache. */
    enum Kind {
        /** Nothing. */
        FOREIGN,
        /** It may change what is kept. */
        CHANGES,
        /** It may be answered out of the cache, or its answer go into it. */
        READS
    }

    private final Cache cache;
    private final FilterExchange exchange;

    private @Nullable HttpHead head;
    /** Where it was going when it came. */
    private @Nullable Target target;
    /** Of a request that changes something: whom and what it asks. */
    private String authority = "";
    private String path = "";
    RequestKey key = RequestKey.NONE;
    Directives says = new Directives();
    Conditions conditions = NO_CONDITIONS;
    boolean isHead;
    boolean authorized;

    Asked(Cache cache, FilterExchange exchange) {
        this.cache = cache;
        this.exchange = exchange;
    }

    /** Another request comes. */
    Kind begin(HttpHead request) {
        clear();
        authority = request.authority();
        path = request.path();
        var route = exchange.route();
        var to = exchange.target();
        if (route == null || to == null || !(route.action() instanceof Forward how)) {
            return Kind.FOREIGN;
        }
        if (Storable.unsafe(request)) {
            return Kind.CHANGES;
        }
        says = cache.spec.heedsRequests() ? Directives.ofRequest(request) : new Directives();
        String at = anyHost() ? Destination.of(request, how, to) : null;
        if (at == null || !Storable.concerns(request) || says.noStore()) {
            return Kind.FOREIGN;
        }
        var rules = cache.spec.key();
        key = RequestKey.of(request, rules.uri(authority, path), rules.key(request, at), cache.spec.allowedVary());
        head = request;
        target = to;
        conditions = Conditions.of(request);
        isHead = request.methodIs("HEAD");
        authorized = request.has(HeaderName.AUTHORIZATION);
        return Kind.READS;
    }

    /** What filters say may choose among the hosts: answers of some of them are no answers of all. */
    private boolean anyHost() {
        return exchange.formats().dynamicMetadata(Criteria.SPACE).isEmpty();
    }

    /** Whether filters behind have sent the request elsewhere: the answer is none to what its key says. */
    @SuppressWarnings("ReferenceEquality") // a target is one, however like another it looks
    boolean moved() {
        return exchange.target() != target || !anyHost();
    }

    /** Nothing is kept of it. */
    void clear() {
        head = null;
        target = null;
        key = RequestKey.NONE;
        says = new Directives();
        conditions = NO_CONDITIONS;
        isHead = false;
        authorized = false;
    }

    /**
     * Has a host asked whether what is known still holds (RFC 9111 section 4.3.1); false where there is nothing to ask
     * about.
     */
    boolean asksAbout(@Nullable StoredResponse known) {
        var request = head;
        if (known == null || request == null || isHead || !known.hasValidator()) {
            return false;
        }
        request.remove(Conditions.IF_NONE_MATCH);
        request.remove(Conditions.IF_MODIFIED_SINCE);
        request.remove(HeaderName.RANGE); // all of it is what can be kept; the part is cut out here
        request.remove(IF_RANGE);
        if (known.etag() != null) {
            request.add(Conditions.IF_NONE_MATCH, known.etag());
        }
        if (known.lastModified() != null) {
            request.add(Conditions.IF_MODIFIED_SINCE, known.lastModified());
        }
        return true;
    }

    /**
     * RFC 9111 section 4.4: what changed something without an error makes what is kept of it out of date, whatever
     * route that came by.
     */
    void changed(HttpHead response) {
        if (response.status() < 200 || response.status() >= 400 || !exchange.fromHost()) {
            return;
        }
        forget(cache.spec.key().forms(authority, path));
        for (String also : Storable.related(response, authority, path)) {
            forget(cache.spec.key().forms(authority, also));
        }
    }

    private void forget(Set<String> uris) {
        uris.forEach(cache::forgetAll);
    }
}
