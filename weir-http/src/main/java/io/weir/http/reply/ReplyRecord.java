package io.weir.http.reply;

import io.weir.http.route.FormatSource;
import org.jspecify.annotations.Nullable;

/** An exchange that is about to be answered by Weir itself. Belongs to one worker. */
public interface ReplyRecord extends FormatSource {
    /** From now on this is what {@link #localReplyBody()} gives; null at the end. */
    void localReplyBody(@Nullable String body);
}
