package io.weir.http.reply;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.HeaderEdits;
import io.weir.observe.log.RecordFilter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of Weir's own answers before they go out: the first mapper that takes the answer changes it, then the
 * body is put into its form. Immutable; any thread. Source: Envoy's {@code LocalReplyConfig}.
 *
 * @param mappers
 *            in order; the first that admits the answer is the only one
 * @param form
 *            of every body whose mapper has none of its own; null: bodies stay as they are
 */
public record LocalReplies(List<Mapper> mappers, @Nullable BodyForm form) {
    /** Answers stay as they are. */
    public static final LocalReplies NONE = new LocalReplies(List.of(), null);
    private static final String PLAIN = "text/plain";

    public LocalReplies {
        mappers = List.copyOf(mappers);
    }

    /**
     * What is done to some answers.
     *
     * @param admits
     *            which ones, by the status that they have before
     * @param status
     *            the new status; 0 keeps it
     * @param body
     *            the new body, before it is put into its form; null keeps it
     * @param form
     *            the body's form; null: that of all
     * @param edits
     *            of the answer's fields
     */
    @SuppressWarnings("ArrayRecordComponent") // never written to, never compared
    public record Mapper(RecordFilter admits, int status, byte @Nullable [] body, @Nullable BodyForm form,
            HeaderEdits edits) {
    }

    /**
     * Changes an answer.
     *
     * @param head
     *            its head, with its status, not yet with what a proxy adds
     * @param record
     *            which tells the answer's status
     * @return the body to be sent; its type stands in the head where it is not empty
     */
    public byte[] rewrite(HttpHead head, byte[] body, ReplyRecord record) {
        byte[] changed = body;
        var found = mapper(record);
        var chosen = form;
        if (found != null) {
            if (found.status() != 0) {
                head.status(found.status());
            }
            changed = found.body() == null ? body : found.body();
            chosen = found.form() == null ? form : found.form();
            found.edits().apply(head, record);
        }
        if (chosen != null) {
            record.localReplyBody(new String(changed, StandardCharsets.UTF_8));
            changed = chosen.write(record);
            record.localReplyBody(null);
        }
        if (changed.length > 0) {
            head.set(HeaderName.CONTENT_TYPE, chosen == null ? PLAIN : chosen.contentType());
        }
        return changed;
    }

    private @Nullable Mapper mapper(ReplyRecord record) {
        for (int i = 0; i < mappers.size(); i++) {
            if (mappers.get(i).admits().admits(record)) {
                return mappers.get(i);
            }
        }
        return null;
    }
}
