package io.weir.filters.mutation;

import io.weir.http.codec.HttpHead;
import io.weir.http.route.FormatSource;
import io.weir.http.route.HeaderEdits;
import io.weir.http.route.match.TextMatch;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** One change to the field lines of a head. Immutable. Source: Envoy's {@code HeaderMutation}. */
sealed interface FieldMutation {
    /** Changes the head. */
    void apply(HttpHead head, FormatSource formats);

    /** A line is added, or lines of one name taken out. */
    record Edit(HeaderEdits edits) implements FieldMutation {
        @Override
        public void apply(HttpHead head, FormatSource formats) {
            edits.apply(head, formats);
        }
    }

    /** Every line whose name passes the test, in lower case, is taken out; {@code host} stays, as with other edits. */
    record RemoveMatching(TextMatch name) implements FieldMutation {
        @Override
        public void apply(HttpHead head, FormatSource formats) {
            for (int i = 0; i < head.count(); i++) {
                if (head.removed(i)) {
                    continue;
                }
                String text = head.name(i).toLowerCase(Locale.ROOT);
                byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
                if (!HeaderEdits.isReserved(text) && name.matches(bytes, 0, bytes.length)) {
                    head.remove(i);
                }
            }
        }
    }

    /** All of them, in the order in which they are written. */
    static void applyAll(List<FieldMutation> mutations, HttpHead head, FormatSource formats) {
        for (int i = 0; i < mutations.size(); i++) {
            mutations.get(i).apply(head, formats);
        }
    }
}
