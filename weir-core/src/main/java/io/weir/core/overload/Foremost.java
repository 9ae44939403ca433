package io.weir.core.overload;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The few with the greatest numbers among many, of which no more than the few are kept. For rare events. Belongs to one
 * thread.
 *
 * @param <T>
 *            who they are
 */
public final class Foremost<T> {
    private final int max;
    private final PriorityQueue<Entry<T>> least = new PriorityQueue<>(Comparator.comparingLong(Entry::number));

    private record Entry<T>(T one, long number) {
    }

    /**
     * @param max
     *            how many; 0: none
     */
    public Foremost(int max) {
        this.max = max;
    }

    /** One of the many. */
    public void offer(T one, long number) {
        if (least.size() < max) {
            least.add(new Entry<>(one, number));
            return;
        }
        var last = least.peek();
        if (last != null && number > last.number()) {
            least.poll();
            least.add(new Entry<>(one, number));
        }
    }

    /** The few, the greatest first. */
    public List<T> all() {
        return least.stream().sorted(Comparator.comparingLong(Entry<T>::number).reversed()).map(Entry::one).toList();
    }
}
