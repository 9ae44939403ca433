package io.weir.filters.cache;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Scope;

/**
 * What is counted: {@code http.<stat_prefix>.cache.*}.
 *
 * @param hit
 *            answered out of the cache without asking
 * @param miss
 *            nothing was there that could be used
 * @param validate
 *            a host was asked whether what is there still holds
 * @param notModified
 *            and it does
 * @param staleOnError
 *            something stale was answered in place of an error
 * @param staleWhileAsked
 *            something stale was answered while another request asked for it
 * @param stored
 *            kept
 * @param storeSkipped
 *            could have been kept, but is too large, or did not come whole, or too much is being gathered
 * @param invalidated
 *            forgotten, since a request may have changed what it stands for
 * @param waited
 *            requests that waited for another one's answer
 */
record CacheNumbers(Counter hit, Counter miss, Counter validate, Counter notModified, Counter staleOnError,
        Counter staleWhileAsked, Counter stored, Counter storeSkipped, Counter invalidated, Counter waited) {
    static CacheNumbers in(Scope manager) {
        var scope = manager.child("cache");
        return new CacheNumbers(scope.counter("hit"), scope.counter("miss"), scope.counter("validate"),
                scope.counter("not_modified"), scope.counter("stale_on_error"),
                scope.counter("stale_while_revalidate"), scope.counter("stored"),
                scope.counter("store_skipped"), scope.counter("invalidated"), scope.counter("waited"));
    }
}
