package io.walrus.systemtests.cluster;

import io.walrus.systemtests.node.Stamp;
import io.walrus.testkit.process.Wire;
import io.walrus.testkit.process.WireReply;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// Puts entries into topics over one connection, so many under way to each at a time, and records what became of
/// them. When the connection breaks it goes on with the next node.
final class Sender {
    private static final long PAUSE_MS = 10;

    private final List<History> histories;
    private final int underWay;
    private final Function<Stamp, byte[]> format;
    private final InetSocketAddress[] nodes;
    private int at;

    /// @param format what an entry looks like
    /// @param nodes tried in this order, over and over
    Sender(List<History> histories, int underWay, Function<Stamp, byte[]> format, InetSocketAddress... nodes) {
        this.histories = List.copyOf(histories);
        this.underWay = underWay;
        this.format = format;
        this.nodes = nodes.clone();
    }

    Sender(History history, int underWay, InetSocketAddress... nodes) {
        this(List.of(history), underWay, Stamp::entry, nodes);
    }

    List<History> histories() {
        return histories;
    }

    /// Sends until that is over.
    ///
    /// @param perHistory entries at most of each history
    void send(int perHistory, CountDownLatch over) throws InterruptedException {
        boolean pause = false;
        while (sent() < perHistory && !over.await(pause ? PAUSE_MS : 0, TimeUnit.MILLISECONDS)) {
            try (Wire wire = Wire.to(nodes[at])) {
                while (sent() < perHistory && !over.await(pause ? PAUSE_MS : 0, TimeUnit.MILLISECONDS)) {
                    pause = !round(wire, Math.min(underWay, perHistory - sent()));
                }
            } catch (IOException _) {
                // What was not answered is of unknown outcome.
                at = (at + 1) % nodes.length;
                pause = true;
            }
        }
    }

    /// Sends some entries of each history and waits for all answers.
    ///
    /// @return whether none was refused
    private boolean round(Wire wire, int entries) throws IOException {
        int[] first = new int[histories.size()];
        for (int i = 0; i < entries; i++) {
            for (int h = 0; h < first.length; h++) {
                History history = histories.get(h);
                int number = history.send();
                first[h] = i == 0 ? number : first[h];
                wire.send(Wire.put(history.topic(), format.apply(new Stamp(history.writer(), number))));
            }
        }
        wire.flush();
        boolean taken = true;
        for (int i = 0; i < entries; i++) {
            for (int h = 0; h < first.length; h++) {
                WireReply reply = wire.reply();
                histories.get(h).answered(first[h] + i, reply);
                taken &= reply.isOk();
            }
        }
        return taken;
    }

    private int sent() {
        return histories.getFirst().sent();
    }
}
