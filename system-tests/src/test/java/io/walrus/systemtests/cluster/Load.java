package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.testkit.process.Together;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Senders at work until told to end.
final class Load implements AutoCloseable {
    /// How long tests of endurance put a load on their nodes: `-Dwalrus.cluster.seconds`, which is 60 where they are
    /// run on their own.
    static final Duration TIME = Duration.ofSeconds(Integer.getInteger("walrus.cluster.seconds", 12));

    private final List<Sender> senders;
    private final CountDownLatch over = new CountDownLatch(1);
    private final CompletableFuture<Void> work;

    /// Starts them.
    Load(List<Sender> senders) {
        this.senders = List.copyOf(senders);
        this.work = CompletableFuture.runAsync(
                () -> Together.run(
                        senders.size(), index -> this.senders.get(index).send(Integer.MAX_VALUE, over)),
                task -> Thread.ofVirtual().start(task));
    }

    /// Has senders put a number of entries each, and waits for that.
    static void put(int perHistory, List<Sender> senders) {
        CountDownLatch never = new CountDownLatch(1);
        Together.run(senders.size(), index -> senders.get(index).send(perHistory, never));
    }

    /// Lets them work for a while; a failure of one of them ends that.
    void run(Duration time) {
        try {
            work.get(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            return;
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// Waits until so many more entries of a topic were acknowledged.
    void awaitProgress(String topic, int more) {
        awaitProgress(List.of(topic), more);
    }

    /// The same of several topics together.
    void awaitProgress(List<String> topics, int more) {
        int before = acknowledged(topics);
        Cluster.await(more + " more entries of " + topics + " acknowledged", () -> {
            assertThat(work).isNotCompletedExceptionally();
            return acknowledged(topics) - before >= more;
        });
    }

    private int acknowledged(List<String> topics) {
        return histories().stream()
                .filter(history -> topics.contains(history.topic()))
                .mapToInt(History::acknowledged)
                .sum();
    }

    List<History> histories() {
        return senders.stream().flatMap(sender -> sender.histories().stream()).toList();
    }

    /// Ends the work, once all that is under way was answered.
    List<History> end() {
        over.countDown();
        work.join();
        return histories();
    }

    @Override
    public void close() {
        end();
    }
}
