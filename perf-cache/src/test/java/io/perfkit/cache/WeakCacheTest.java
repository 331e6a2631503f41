package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WeakCacheTest {

    private final AtomicInteger derived = new AtomicInteger();
    private final WeakCache<List<Integer>, Integer> sums = WeakCache.of(list -> {
        derived.incrementAndGet();
        return list.stream().mapToInt(Integer::intValue).sum();
    });

    @Test
    void apply_sameObject_isDerivedOnce() {
        List<Integer> list = new ArrayList<>(List.of(1, 2));
        assertThat(sums.apply(list)).isEqualTo(3);
        list.add(3);
        assertThat(sums.apply(list)).isEqualTo(3);
        assertThat(derived).hasValue(1);
        sums.invalidate(list);
        assertThat(sums.apply(list)).isEqualTo(6);
    }

    @Test
    void apply_equalObjects_areDifferent() {
        sums.apply(new ArrayList<>(List.of(1, 2)));
        sums.apply(new ArrayList<>(List.of(1, 2)));
        assertThat(derived).hasValue(2);
    }

    @Test
    void object_unreachable_isCollectedWithItsValue() {
        List<Integer> kept = new ArrayList<>(List.of(7));
        sums.apply(kept);
        List<WeakReference<List<Integer>>> lost = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            List<Integer> list = new ArrayList<>(List.of(i));
            sums.apply(list);
            lost.add(new WeakReference<>(list));
        }
        await().atMost(Duration.ofSeconds(30))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> {
                    System.gc();
                    return lost.stream().allMatch(each -> each.get() == null) && sums.estimatedSize() == 1;
                });
        assertThat(sums.apply(kept)).isEqualTo(7);
        assertThat(derived).hasValue(101);
    }

    private record Node(List<Node> children) {}

    @Test
    void recursion_parts_worksAndCircles_areRefused() {
        AtomicReference<WeakCache<Node, Integer>> sizes = new AtomicReference<>();
        sizes.set(WeakCache.of(node ->
                1 + node.children().stream().mapToInt(sizes.get()::apply).sum()));
        Node leaf = new Node(List.of());
        assertThat(sizes.get().apply(new Node(List.of(leaf, leaf, new Node(List.of(leaf))))))
                .isEqualTo(5);
        List<Node> children = new ArrayList<>();
        Node circle = new Node(children);
        children.add(circle);
        assertThatThrownBy(() -> sizes.get().apply(circle))
                .isInstanceOf(RecursiveLoadException.class)
                .hasMessageStartingWith("A WeakCache is asked for '" + Node.class.getName() + "@");
    }
}
