package io.walrus.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walrus.protocol.ErrorCode;
import io.walrus.protocol.ReplyTimes;
import io.walrus.protocol.Request;
import io.walrus.testkit.wire.ScriptedServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The client against servers that do what no good node does.
@Timeout(60)
class WalrusClientTest {
    private static final String SHUTTING_DOWN = "ERR shutting down: x";
    private static final String TOO_MANY = "ERR too many connections: x";
    private static final ClientOptions QUICK = ClientOptions.DEFAULT
            .withRequestTimeout(Duration.ofSeconds(20))
            .withReconnectWithin(Duration.ofSeconds(20));

    @Test
    void repliesFindTheirRequests() throws Exception {
        try (ScriptedServer server = new ScriptedServer(peer -> {
                    String request = peer.request();
                    while (request != null) {
                        peer.reply("OK " + request);
                        request = peer.request();
                    }
                });
                WalrusClient client = connect(server)) {
            List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                outcomes.add(client.submit(new Request.Get("t" + i)));
            }
            for (int i = 0; i < outcomes.size(); i++) {
                assertThat(text(outcomes.get(i))).isEqualTo("GET t" + i);
            }
        }
    }

    @Test
    void everyKindOfReplyIsTold() throws Exception {
        List<String> replies =
                List.of("OK", "OK ", "OK x", "EMPTY", "ERR unknown topic t", "ERR outcome unknown: x", "{}");
        try (ScriptedServer server = new ScriptedServer(peer -> {
                    for (String reply : replies) {
                        peer.request();
                        peer.reply(reply);
                    }
                    peer.awaitEnd();
                });
                WalrusClient client = connect(server)) {
            Request get = new Request.Get("t");
            assertThat(client.ask(get)).isEqualTo(new Outcome.Done(null));
            assertThat(text(client.submit(get))).isEmpty();
            assertThat(text(client.submit(get))).isEqualTo("x");
            assertThat(client.ask(get)).isEqualTo(new Outcome.Empty());
            assertThat(client.ask(get))
                    .isEqualTo(new Outcome.Refused("unknown topic t"))
                    .extracting(outcome -> ((Outcome.Refused) outcome).code())
                    .isEqualTo(ErrorCode.UNKNOWN_TOPIC);
            assertThat(client.ask(get)).isEqualTo(new Outcome.Unknown("outcome unknown: x"));
            assertThat(text(client.submit(get))).isEqualTo("{}");
        }
    }

    @Test
    void aFailureIsThrownWithWhatIsKnownOfIt() throws Exception {
        try (ScriptedServer server = new ScriptedServer(peer -> peer.replyToAll("ERR unknown topic t"));
                WalrusClient client = connect(server)) {
            assertThatThrownBy(() -> client.put("t", new byte[0]))
                    .isInstanceOfSatisfying(
                            WalrusException.class,
                            e -> assertThat(e.failure()).isEqualTo(new Outcome.Refused("unknown topic t")))
                    .hasMessage("unknown topic t");
        }
    }

    @Test
    void aReplyInSmallPiecesIsPutTogether() throws Exception {
        byte[] frame = {4, 0, 0, 0, 'O', 'K', ' ', 'x'};
        try (ScriptedServer server = new ScriptedServer(peer -> {
                    peer.request();
                    for (byte one : frame) {
                        peer.raw(new byte[] {one});
                    }
                    peer.awaitEnd();
                });
                WalrusClient client = connect(server)) {
            assertThat(client.get("t")).containsExactly('x');
        }
    }

    @Test
    void largeEntriesPassBothWays() throws Exception {
        String entry = "0123456789abcdef".repeat(1 << 17);
        try (ScriptedServer server = new ScriptedServer(peer -> {
                    for (int i = 0; i < 3; i++) {
                        String request = String.valueOf(peer.request());
                        peer.reply("OK " + request.substring("PUT t ".length()));
                    }
                    peer.awaitEnd();
                });
                WalrusClient client = connect(server)) {
            for (int i = 0; i < 3; i++) {
                assertThat(text(client.submit(put(entry)))).isEqualTo(entry);
            }
        }
    }

    @Test
    void aPutUnderWayWhenTheConnectionBreaksIsUnknownAndNeverSentAgain() throws Exception {
        try (ScriptedServer server = new ScriptedServer(
                        peer -> {
                            peer.request();
                            peer.reply("OK");
                            peer.request();
                            peer.request();
                        },
                        peer -> peer.replyToAll("OK"));
                WalrusClient client = connect(server)) {
            CompletableFuture<Outcome> first = client.submit(put("1"));
            CompletableFuture<Outcome> second = client.submit(put("2"));
            CompletableFuture<Outcome> third = client.submit(put("3"));
            assertThat(first.get()).isInstanceOf(Outcome.Done.class);
            assertThat(second.get()).isInstanceOf(Outcome.Unknown.class);
            assertThat(third.get()).isInstanceOf(Outcome.Unknown.class);
            assertThat(client.submit(put("4")).get()).isInstanceOf(Outcome.Done.class);
            assertThat(server.requests()).containsExactly("PUT t 1", "PUT t 2", "PUT t 3", "PUT t 4");
        }
    }

    @Test
    void aGetWhoseReplyBreaksOffIsUnknown() throws Exception {
        try (ScriptedServer server = new ScriptedServer(
                        peer -> {
                            peer.request();
                            peer.raw(new byte[] {100, 0, 0, 0, 'O', 'K', ' ', 'h', 'a', 'l', 'f'});
                        },
                        peer -> peer.replyToAll("EMPTY"));
                WalrusClient client = connect(server)) {
            assertThatThrownBy(() -> client.get("t"))
                    .isInstanceOfSatisfying(
                            WalrusException.class, e -> assertThat(e.failure()).isInstanceOf(Outcome.Unknown.class));
            assertThat(client.get("t")).isNull();
            assertThat(server.requests()).hasSize(2);
        }
    }

    @Test
    void whatCanBeRepeatedGoesToTheNextNode() throws Exception {
        try (ScriptedServer dying = new ScriptedServer(peer -> {
                    for (int i = 0; i < 4; i++) {
                        peer.request();
                    }
                });
                ScriptedServer other = new ScriptedServer(peer -> peer.replyToAll("OK {}"));
                WalrusClient client = WalrusClient.connect(List.of(address(dying), address(other)), QUICK)) {
            List<Request> requests = List.of(
                    new Request.State("t"),
                    new Request.Metrics(),
                    new Request.Register("t"),
                    new Request.Fetch("t", 1, 0));
            List<CompletableFuture<Outcome>> outcomes =
                    requests.stream().map(client::submit).toList();
            for (CompletableFuture<Outcome> outcome : outcomes) {
                assertThat(text(outcome)).isEqualTo("{}");
            }
            assertThat(other.requests()).containsExactlyElementsOf(dying.requests());
        }
    }

    @Test
    void theFirstNodeThatCanBeReachedIsTaken() throws Exception {
        try (ScriptedServer server = new ScriptedServer(peer -> peer.replyToAll("OK"));
                WalrusClient client = WalrusClient.connect(List.of(nobody(), address(server)), QUICK)) {
            client.put("t", new byte[] {1});
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void noNodeAtAllIsSaidAtOnce() throws Exception {
        NodeAddress nobody = nobody();
        assertThatThrownBy(() -> WalrusClient.connect(List.of(nobody), QUICK))
                .isInstanceOfSatisfying(
                        WalrusException.class, e -> assertThat(e.failure()).isInstanceOf(Outcome.Unreachable.class))
                .hasMessageContaining(nobody.toString());
    }

    @Test
    void aNodeThatIsGoneForGoodLeavesRequestsUnreachable() throws Exception {
        ClientOptions options = QUICK.withReconnectWithin(Duration.ofMillis(200));
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.Peer::request);
                WalrusClient client = WalrusClient.connect(List.of(address(server)), options)) {
            server.listenNoMore();
            assertThat(client.ask(new Request.Metrics())).isInstanceOf(Outcome.Unreachable.class);
            assertThat(client.ask(put("x"))).isInstanceOf(Outcome.Unreachable.class);
        }
    }

    @Test
    void withoutReconnectingNothingFollowsWhatWasLost() throws Exception {
        ClientOptions options = QUICK.withReconnectWithin(Duration.ZERO);
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.Peer::request);
                WalrusClient client = WalrusClient.connect(List.of(address(server)), options)) {
            assertThat(client.ask(put("1"))).isInstanceOf(Outcome.Unknown.class);
            assertThat(client.ask(put("2"))).isInstanceOf(Outcome.Unreachable.class);
            assertThat(client.ask(new Request.Metrics())).isInstanceOf(Outcome.Unreachable.class);
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void aBlockingCallWaitsUntilTheNodeIsReady() throws Exception {
        try (ScriptedServer server = new ScriptedServer(peer -> {
                    for (int i = 0; i < 3; i++) {
                        peer.request();
                        peer.reply("ERR not ready: no leader yet; try again");
                    }
                    peer.replyToAll("OK");
                });
                WalrusClient client = connect(server)) {
            client.put("t", new byte[] {'x'});
            assertThat(server.requests()).hasSize(4).containsOnly("PUT t x");
        }
    }

    @Test
    void aNodeThatIsNotReadyIsLeftForAnother() throws Exception {
        try (ScriptedServer cutOff =
                        new ScriptedServer(peer -> peer.replyToAll("ERR not ready: no leader; try again"));
                ScriptedServer other = new ScriptedServer(peer -> peer.replyToAll("OK"));
                WalrusClient client = WalrusClient.connect(List.of(address(cutOff), address(other)), QUICK)) {
            client.put("t", new byte[] {'x'});
            assertThat(cutOff.requests()).hasSize(1);
            assertThat(other.requests()).hasSize(1);
        }
    }

    @Test
    void whatNeverGetsReadyIsRefusedInTheEnd() throws Exception {
        ClientOptions options = QUICK.withRequestTimeout(Duration.ofSeconds(2));
        try (ScriptedServer server = new ScriptedServer(peer -> peer.replyToAll("ERR not ready: x; try again"));
                WalrusClient client = WalrusClient.connect(List.of(address(server)), options)) {
            assertThat(client.ask(put("x"))).isInstanceOf(Outcome.Refused.class);
        }
    }

    /// What a node says at its end answers all that it has not answered yet.
    @Test
    void behindTheLastWordOfANodeNothingIsUnknown() throws Exception {
        try (ScriptedServer stopping = new ScriptedServer(peer -> {
                    peer.request();
                    peer.reply("OK");
                    for (int i = 0; i < 4; i++) {
                        peer.request();
                    }
                    peer.reply(SHUTTING_DOWN);
                });
                ScriptedServer other = new ScriptedServer(peer -> peer.replyToAll("OK"));
                WalrusClient client = WalrusClient.connect(List.of(address(stopping), address(other)), QUICK)) {
            assertThat(client.submit(put("1")).get()).isInstanceOf(Outcome.Done.class);
            List<CompletableFuture<Outcome>> sent =
                    List.of(client.submit(put("2")), client.submit(put("3")), client.submit(new Request.Get("t")));
            CompletableFuture<Outcome> state = client.submit(new Request.State("t"));
            for (CompletableFuture<Outcome> outcome : sent) {
                assertThat(outcome.get()).isEqualTo(new Outcome.Refused(SHUTTING_DOWN.substring("ERR ".length())));
            }
            assertThat(state.get()).isInstanceOf(Outcome.Done.class);
            assertThat(client.submit(put("4")).get()).isInstanceOf(Outcome.Done.class);
            assertThat(other.requests()).containsExactly("STATE t", "PUT t 4");
        }
    }

    @Test
    void aLastWordToNobodyLosesNothing() throws Exception {
        try (ScriptedServer stopping = new ScriptedServer(peer -> {
                    peer.request();
                    peer.reply("OK");
                    peer.reply(SHUTTING_DOWN);
                    peer.awaitEnd();
                });
                ScriptedServer other = new ScriptedServer(peer -> peer.replyToAll("OK"));
                WalrusClient client = WalrusClient.connect(List.of(address(stopping), address(other)), QUICK)) {
            for (int i = 0; i < 20; i++) {
                client.put("t", new byte[] {'x'});
            }
            assertThat(stopping.requests().size() + other.requests().size()).isEqualTo(20);
        }
    }

    @Test
    void aFullNodeIsLeftForAnother() throws Exception {
        try (ScriptedServer full = new ScriptedServer(peer -> peer.reply(TOO_MANY));
                ScriptedServer other = new ScriptedServer(peer -> peer.replyToAll("OK"));
                WalrusClient client = WalrusClient.connect(List.of(address(full), address(other)), QUICK)) {
            client.put("t", new byte[] {'x'});
            assertThat(other.requests()).containsExactly("PUT t x");
        }
    }

    /// Whether it is told before it asks, or after.
    @Test
    void fullNodesRefuseInTheEnd() throws Exception {
        ClientOptions options = QUICK.withRequestTimeout(Duration.ofSeconds(2));
        for (boolean asks : new boolean[] {true, false}) {
            try (ScriptedServer full = new ScriptedServer(peer -> {
                        if (asks) {
                            peer.request();
                        }
                        peer.reply(TOO_MANY);
                    });
                    WalrusClient client = WalrusClient.connect(List.of(address(full), address(full)), options)) {
                for (Request request : List.of(put("x"), new Request.Metrics())) {
                    assertThat(client.ask(request))
                            .isInstanceOfSatisfying(
                                    Outcome.Refused.class,
                                    refused -> assertThat(refused.code()).isEqualTo(ErrorCode.TOO_MANY_CONNECTIONS));
                }
                assertThat(full.connections()).isLessThan(100);
            }
        }
    }

    @Test
    void aNodeThatClosesEveryConnectionIsNotAskedForEver() throws Exception {
        ClientOptions options = QUICK.withRequestTimeout(Duration.ofSeconds(1));
        try (ScriptedServer closing = new ScriptedServer(_ -> {});
                WalrusClient client = WalrusClient.connect(List.of(address(closing)), options)) {
            assertThat(client.ask(new Request.Metrics())).isInstanceOf(Outcome.Unreachable.class);
            assertThat(closing.connections()).isLessThan(20);
        }
    }

    @Test
    void aRequestIsTriedAgainOnlyWhileTheNodeHasTimeForItsAnswer() {
        assertThat(ClientOptions.DEFAULT.tryAgainWithin().plus(ReplyTimes.CLIENT_PATIENCE))
                .isLessThanOrEqualTo(ClientOptions.DEFAULT.requestTimeout());
        assertThat(QUICK.withRequestTimeout(Duration.ofSeconds(3)).tryAgainWithin())
                .isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void eachAddressOfANameIsTried() throws Exception {
        try (ScriptedServer server = new ScriptedServer(peer -> peer.replyToAll("OK"))) {
            NodeAddress name = new NodeAddress("name", server.port());
            List<InetAddress> hosts =
                    List.of(InetAddress.getByAddress(new byte[] {127, 0, 0, 2}), InetAddress.getLoopbackAddress());
            Connection.open(name, hosts, Duration.ofSeconds(5)).close();
            assertThatThrownBy(() -> Connection.open(nobody(), hosts, Duration.ofSeconds(5)))
                    .hasMessageContaining("127.0.0.2: ")
                    .hasMessageContaining(", 127.0.0.1: ");
        }
    }

    @Test
    void aSubmittedRequestIsNotTriedAgain() throws Exception {
        try (ScriptedServer server = new ScriptedServer(peer -> peer.replyToAll("ERR not ready: x; try again"));
                WalrusClient client = connect(server)) {
            assertThat(client.submit(put("x")).get()).isInstanceOf(Outcome.Refused.class);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void aLateReplyComesToNobody() throws Exception {
        CountDownLatch timedOut = new CountDownLatch(1);
        ClientOptions options = QUICK.withRequestTimeout(Duration.ofMillis(300));
        try (ScriptedServer server = new ScriptedServer(peer -> {
                    peer.request();
                    peer.request();
                    await(timedOut);
                    peer.reply("OK late");
                    peer.reply("OK late");
                    peer.request();
                    peer.reply("OK in time");
                    peer.awaitEnd();
                });
                WalrusClient client = WalrusClient.connect(List.of(address(server)), options)) {
            CompletableFuture<Outcome> put = client.submit(put("x"));
            CompletableFuture<Outcome> state = client.submit(new Request.State("t"));
            assertThat(put.get()).isInstanceOf(Outcome.Unknown.class);
            assertThat(state.get()).isInstanceOf(Outcome.Unreachable.class);
            timedOut.countDown();
            Awaitility.await().until(() -> client.state("t").equals("in time"));
        }
    }

    @Test
    void aNodeThatSaysNothingIsTakenForDead() throws Exception {
        ClientOptions options = QUICK.withSilenceTimeout(Duration.ofMillis(300));
        try (ScriptedServer hung = new ScriptedServer(ScriptedServer.Peer::neverReply);
                ScriptedServer other = new ScriptedServer(peer -> peer.replyToAll("OK {}"));
                WalrusClient client = WalrusClient.connect(List.of(address(hung), address(other)), options)) {
            CompletableFuture<Outcome> put = client.submit(put("x"));
            assertThat(client.metrics()).isEqualTo("{}");
            assertThat(put.get()).isInstanceOf(Outcome.Unknown.class);
        }
    }

    @Test
    void whoSubmitsTooMuchWaits() throws Exception {
        ClientOptions options = QUICK.withMaxRequestsUnderWay(3).withMaxBytesUnderWay(1000);
        CountDownLatch mayReply = new CountDownLatch(1);
        AtomicInteger submitted = new AtomicInteger();
        try (ScriptedServer server = new ScriptedServer(peer -> {
                    await(mayReply);
                    peer.replyToAll("OK");
                });
                WalrusClient client = WalrusClient.connect(List.of(address(server)), options)) {
            for (String entry : List.of("x", "x".repeat(500))) {
                submitted.set(0);
                int fits = entry.length() == 1 ? 3 : 1;
                Thread submitter = Thread.ofVirtual().start(() -> {
                    for (int i = 0; i < 10; i++) {
                        client.submit(put(entry), _ -> {});
                        submitted.incrementAndGet();
                    }
                });
                if (mayReply.getCount() > 0) {
                    Awaitility.await().until(() -> submitter.getState() == Thread.State.TIMED_WAITING);
                    assertThat(submitted.get()).isEqualTo(fits);
                    mayReply.countDown();
                }
                submitter.join();
            }
            Awaitility.await().until(() -> server.requests().size() == 20);
        }
    }

    @Test
    void outcomesMaySubmitMoreWithoutWaiting() throws Exception {
        ClientOptions options = QUICK.withMaxRequestsUnderWay(1);
        CountDownLatch done = new CountDownLatch(100);
        try (ScriptedServer server = new ScriptedServer(peer -> peer.replyToAll("OK"));
                WalrusClient client = WalrusClient.connect(List.of(address(server)), options)) {
            client.submit(put("x"), new java.util.function.Consumer<>() {
                @Override
                public void accept(Outcome outcome) {
                    done.countDown();
                    if (done.getCount() > 0) {
                        client.submit(put("x"), this);
                    }
                }
            });
            assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void whoeverHandsOutOutcomesCannotWaitForOne() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        try (ScriptedServer server = new ScriptedServer(peer -> peer.replyToAll("OK"));
                WalrusClient client = connect(server)) {
            client.submit(put("x"), _ -> {
                try {
                    client.ask(put("y"));
                } catch (IllegalStateException | InterruptedException e) {
                    thrown.complete(e);
                }
            });
            assertThat(thrown.get()).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void whatIsNoWalrusNodeIsLeftAlone() throws Exception {
        byte[] http = "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        ClientOptions options = QUICK.withReconnectWithin(Duration.ZERO);
        try (ScriptedServer server = new ScriptedServer(peer -> {
                    peer.request();
                    peer.raw(http);
                    peer.awaitEnd();
                });
                WalrusClient client = WalrusClient.connect(List.of(address(server)), options)) {
            assertThat(client.ask(new Request.Metrics()))
                    .isInstanceOfSatisfying(
                            Outcome.Unreachable.class,
                            outcome -> assertThat(outcome.message()).contains("no Walrus node"));
        }
    }

    @Test
    void closingGivesEveryRequestAnOutcome() throws Exception {
        ScriptedServer server = new ScriptedServer(ScriptedServer.Peer::neverReply);
        CompletableFuture<Outcome> put;
        CompletableFuture<Outcome> state;
        WalrusClient closed;
        try (server;
                WalrusClient client = connect(server)) {
            closed = client;
            put = client.submit(put("x"));
            state = client.submit(new Request.State("t"));
            Awaitility.await().until(() -> server.requests().size() == 2);
        }
        assertThat(put.get()).isInstanceOf(Outcome.Unknown.class);
        assertThat(state.get()).isInstanceOf(Outcome.Unreachable.class);
        assertThat(closed.ask(put("y"))).isEqualTo(new Outcome.Unreachable("the client is closed"));
    }

    @Test
    void aFetchedEntryComesWithTheNextOffset() throws Exception {
        try (ScriptedServer server = new ScriptedServer(peer -> {
                    peer.request();
                    peer.reply("OK 18 an entry");
                    peer.request();
                    peer.reply("EMPTY");
                    peer.awaitEnd();
                });
                WalrusClient client = connect(server)) {
            assertThat(client.fetch("t", 3, 17)).isEqualTo(new Fetched(18, StandardCharsets.UTF_8.encode("an entry")));
            assertThat(client.fetch("t", 3, 18)).isNull();
            assertThat(server.requests()).containsExactly("FETCH t 3 17", "FETCH t 3 18");
        }
    }

    private static WalrusClient connect(ScriptedServer server) throws IOException {
        return WalrusClient.connect(List.of(address(server)), QUICK);
    }

    private static NodeAddress address(ScriptedServer server) {
        return new NodeAddress("127.0.0.1", server.port());
    }

    private static Request put(String entry) {
        return new Request.Put("t", StandardCharsets.UTF_8.encode(entry));
    }

    private static String text(CompletableFuture<Outcome> outcome) throws Exception {
        return outcome.get(20, TimeUnit.SECONDS) instanceof Outcome.Done(ByteBuffer payload) && payload != null
                ? StandardCharsets.UTF_8.decode(payload.duplicate()).toString()
                : String.valueOf(outcome.get());
    }

    private static NodeAddress nobody() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new NodeAddress("127.0.0.1", socket.getLocalPort());
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
