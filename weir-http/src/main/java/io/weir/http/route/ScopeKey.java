package io.weir.http.route;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a request names the route table that is meant for it: pieces of its header fields. Immutable; makes some text for
 * each request. Source: Envoy's {@code ScopedRoutes.ScopeKeyBuilder}.
 *
 * @param fragments
 *            in order; a request must have all of them
 */
public record ScopeKey(List<Fragment> fragments) {
    public ScopeKey {
        fragments = List.copyOf(fragments);
    }

    /** One piece, out of the first line of a field. */
    public sealed interface Fragment {
        HeaderName header();

        /** What elements are parted by; empty: the whole value is one. */
        String separator();

        /** The element of this number, from 0. */
        record ByIndex(HeaderName header, String separator, int index) implements Fragment {
        }

        /** What stands behind the key in the first element with this key; empty where nothing does. */
        record ByKey(HeaderName header, String separator, String keySeparator, String key) implements Fragment {
        }
    }

    /** The key of a request, one character a byte; null where a piece is missing. */
    @Nullable
    List<String> of(HttpHead head) {
        var key = new ArrayList<String>(fragments.size());
        for (var fragment : fragments) {
            String value = head.value(fragment.header());
            String piece = value == null ? null : piece(fragment, value);
            if (piece == null) {
                return null;
            }
            key.add(piece);
        }
        return key;
    }

    private static @Nullable String piece(Fragment fragment, String value) {
        String separator = fragment.separator();
        int at = 0;
        for (int i = 0; at <= value.length(); i++) {
            int end = separator.isEmpty() ? -1 : value.indexOf(separator, at);
            String element = value.substring(at, end < 0 ? value.length() : end);
            String found = switch (fragment) {
                case Fragment.ByIndex byIndex -> i == byIndex.index() ? element : null;
                case Fragment.ByKey byKey -> behind(byKey, element);
            };
            if (found != null || end < 0) {
                return found;
            }
            at = end + separator.length();
        }
        return null;
    }

    private static @Nullable String behind(Fragment.ByKey wanted, String element) {
        int keyEnd = element.indexOf(wanted.keySeparator());
        String key = keyEnd < 0 ? element : element.substring(0, keyEnd);
        String rest = keyEnd < 0 ? "" : element.substring(keyEnd + wanted.keySeparator().length());
        return key.equals(wanted.key()) ? rest : null;
    }
}
