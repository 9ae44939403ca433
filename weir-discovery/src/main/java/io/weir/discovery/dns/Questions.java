package io.weir.discovery.dns;

import io.weir.core.model.LookupFamily;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * Asks no more than so many questions at once: ten thousand clusters that start together would flood their DNS server,
 * and be answered with losses. What waits is bounded by the number of names followed. One worker's thread.
 */
final class Questions implements AutoCloseable {
    private static final int UNDER_WAY_MAX = 128;

    private record Question(String name, LookupFamily family, Consumer<Answer> then) {
    }

    private final NameResolver resolver;
    private final Queue<Question> waiting = new ArrayDeque<>();
    private int underWay;

    Questions(NameResolver resolver) {
        this.resolver = resolver;
    }

    void ask(String name, LookupFamily family, Consumer<Answer> then) {
        waiting.add(new Question(name, family, then));
        next();
    }

    private void next() {
        while (underWay < UNDER_WAY_MAX && !waiting.isEmpty()) {
            Question question = waiting.remove();
            underWay++;
            resolver.resolve(question.name, question.family, answer -> {
                underWay--;
                question.then.accept(answer);
                next();
            });
        }
    }

    @Override
    public void close() {
        waiting.clear();
        resolver.close();
    }
}
