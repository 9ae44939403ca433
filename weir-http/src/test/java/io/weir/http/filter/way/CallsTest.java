package io.weir.http.filter.way;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.BodyPart;
import io.weir.http.filter.BodyStep;
import io.weir.http.filter.Flow;
import org.junit.jupiter.api.Test;

/** What is known of a message whose steps have been asked. */
final class CallsTest {
    private final Calls calls = new Calls(false);
    private final BodyPart part = new BodyPart();

    /** Takes the piece, and what is in trailers; first the next message begins, where it says so. */
    private final class Taker implements BodyStep {
        boolean next;

        private void moment() {
            if (next) {
                calls.begin();
            }
        }

        @Override
        public Flow requestHead(HttpHead request) {
            return Flow.NEXT;
        }

        @Override
        public Flow requestData(BodyPart piece, boolean last) {
            moment();
            piece.drop();
            return Flow.NEXT;
        }

        @Override
        public Flow requestTrailers(HttpHead trailers) {
            moment();
            trailers.remove(HeaderName.TRAILER);
            return Flow.NEXT;
        }
    }

    private void data(Taker step) {
        part.put(Unpooled.buffer().writeByte(1));
        calls.data(step, 0, part, false);
    }

    private void end(Taker step) {
        var trailers = new HttpHead();
        trailers.add(HeaderName.TRAILER, "1");
        calls.end(step, 0, trailers);
    }

    @Test
    void whatAStepDoesToAMessageThatIsOverIsNotSaidOfTheNext() {
        var step = new Taker();
        for (boolean over : new boolean[]{false, true}) {
            step.next = over;
            calls.begin();
            assertThat(calls.altered()).isFalse();
            data(step);
            assertThat(calls.altered()).isEqualTo(!over);
            calls.begin();
            end(step);
            assertThat(calls.altered()).isEqualTo(!over);
        }
    }
}
