package io.weir.http.filter;

import io.weir.http.codec.HttpHead;

/**
 * A filter's step that sees bodies, or holds responses. It hears of everything in the order in which it passes: a head,
 * any number of pieces of data, at the end trailers, or a last piece instead, or {@code last} with the head of a
 * message without body. Each answer is one of three:
 * <ul>
 * <li>{@link Flow#NEXT}: this goes on, with what the step has made of it;
 * <li>{@link Flow#PAUSE}: this waits here, and everything behind it, until {@link Passage#resume};
 * <li>{@link Flow.Reply}: the exchange is answered here, as long as no response's head has gone to the client; after
 * that its response is cut.
 * </ul>
 *
 * <p>
 * While a step pauses data, the side that sends is not read; what was read already still comes, one read's worth at
 * most, and is offered to the step before it waits with the rest: only {@link Passage#resume} undoes a pause. While a
 * step pauses a head, the body is not read unless {@link #gathersRequest} or {@link #gathersResponse} says so; data
 * that such a step lets pass waits behind the head, and more than 64 KiB of it stop the reading: a step that must see a
 * whole body takes the data, and bounds what it holds itself.
 *
 * <p>
 * A step that changes a body's length says so in the head, before it goes on: {@code framing(CHUNKED, -1)}, or the new
 * length, which must then be kept: a message that breaks its length is cut. Answers to HEAD and those with 204 and 304
 * have no body, whatever steps send. Trailers reach clients and hosts of HTTP/1 only behind a chunked body.
 *
 * <p>
 * A response that takes the place of one that is held passes only the steps that have heard of none yet. After
 * {@link FilterStep#ended} nothing comes; what the step still holds, it releases there.
 */
public interface BodyStep extends FilterStep {
    /** As {@link FilterStep#requestHead(HttpHead)}; {@code last} when no body follows. */
    default Flow requestHead(HttpHead request, boolean last) {
        return requestHead(request);
    }

    /** A piece of the request's body, perhaps empty where it is the {@code last}. */
    default Flow requestData(BodyPart part, boolean last) {
        return Flow.NEXT;
    }

    /** The request ends with trailers, which may be changed. */
    default Flow requestTrailers(HttpHead trailers) {
        return Flow.NEXT;
    }

    /** As {@link FilterStep#responseHead(HttpHead)}; {@code last} when no body follows. */
    default Flow responseHead(HttpHead response, boolean last) {
        responseHead(response);
        return Flow.NEXT;
    }

    /** A piece of the response's body, perhaps empty where it is the {@code last}. */
    default Flow responseData(BodyPart part, boolean last) {
        return Flow.NEXT;
    }

    /** As {@link FilterStep#responseTrailers(HttpHead)}. */
    default Flow responseEnd(HttpHead trailers) {
        responseTrailers(trailers);
        return Flow.NEXT;
    }

    /** Whether the request's body is read on while this step holds its head. */
    default boolean gathersRequest() {
        return false;
    }

    /** Whether the response's body is read on while this step holds its head. */
    default boolean gathersResponse() {
        return false;
    }

    /** How many bytes of bodies it has taken and keeps. For rare events. */
    default long heldBytes() {
        return 0;
    }

    /** What is behind this step, which pauses the request's data, takes data again. */
    default void requestWritable() {}

    /** What is behind this step, which pauses the response's data, takes data again. */
    default void responseWritable() {}
}
