package io.walrus.systemtests.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.testkit.process.NodeProcess;
import io.walrus.testkit.process.NodeSetup;
import io.walrus.testkit.process.Wire;
import io.walrus.testkit.process.WireReply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever comes in: it is answered as `docs/PROTOCOL.md` says, the connection goes on where that is possible, and
/// what is taken is kept to the byte.
class BadInputTest {
    private static final int MAX_FRAME_BYTES = 1 << 20;
    private static final int MAX_SKIPPED_BYTES = 64 << 20;
    private static final int MAX_TOPIC_BYTES = 249;

    @TempDir
    private static Path folder;

    private static NodeProcess node;
    private Wire wire;

    @BeforeAll
    static void startNode() throws IOException {
        node = NodeSetup.in(folder).start();
    }

    @AfterAll
    static void stopNode() throws IOException {
        try (NodeProcess ending = node) {
            ending.assertUnruffled();
        }
    }

    @BeforeEach
    void connect() throws IOException {
        wire = node.connect();
        wire.done("REGISTER t");
    }

    @AfterEach
    void disconnect() throws IOException {
        wire.close();
    }

    static Stream<Arguments> malformedRequests() {
        return Stream.of(
                request("", "empty command: HELP lists the commands"),
                request("   \t\r\n", "empty command"),
                request("NOSUCH", "unknown command NOSUCH: HELP lists the commands"),
                request("NOSUCH t", "unknown command NOSUCH"),
                request(" GET t", "unknown command"),
                request("GET\tt", "unknown command"),
                request("GETT t", "unknown command GETT"),
                request("PUT\n\nt x", "unknown command"),
                request("GET", "GET requires a topic"),
                request("GET ", "GET requires a topic"),
                request("REGISTER", "REGISTER requires a topic"),
                request("PUT", "PUT requires a topic"),
                request("STATE\n", "STATE requires a topic"),
                request("FETCH", "FETCH requires a topic"),
                request("PUT t", "PUT requires a payload"),
                request("FETCH t", "FETCH requires a segment and an offset"),
                request("FETCH t 1", "FETCH requires a segment and an offset"),
                request("FETCH t 1 ", "FETCH requires a segment and an offset"),
                request("FETCH t -1 0", "FETCH requires a segment and an offset"),
                request("FETCH t +1 0", "FETCH requires a segment and an offset"),
                request("FETCH t 1 x", "FETCH requires a segment and an offset"),
                request("FETCH t  1 0", "FETCH requires a segment and an offset"),
                request("FETCH t 1 9223372036854775808", "FETCH requires a segment and an offset"),
                request("FETCH t 99999999999999999999999999 0", "FETCH requires a segment and an offset"),
                request("FETCH t 1 0 0", "FETCH takes nothing after the offset"),
                request("FETCH t 9223372036854775807 0", "unknown segment 9223372036854775807 of topic t"),
                request("FETCH t 0 0", "unknown segment 0 of topic t"),
                request("GET t x", "GET takes nothing after the topic"),
                request("REGISTER t x", "REGISTER takes nothing after the topic"),
                request("STATE t x", "STATE takes nothing after the topic"),
                request("METRICS x", "METRICS takes nothing after the command"),
                request("HELP me", "HELP takes nothing after the command"),
                request("GET  t", "topic is empty"),
                request("PUT  x", "topic is empty"),
                request("REGISTER  t", "topic is empty"),
                request("GET a\tb", "topic must not contain spaces or control characters"),
                request("REGISTER a\nb", "topic must not contain"),
                request("PUT a\rb x", "topic must not contain"),
                request("REGISTER a\0b", "topic must not contain"),
                request("REGISTER a\u007fb", "topic must not contain"),
                request("REGISTER a\u0085b", "topic must not contain"),
                request("REGISTER a\u00a0b", "topic must not contain"),
                request("REGISTER a\u2003b", "topic must not contain"),
                request("REGISTER a\u2028b", "topic must not contain"),
                request("REGISTER a\u3000b", "topic must not contain"),
                request("REGISTER " + "x".repeat(MAX_TOPIC_BYTES + 1), "topic is too long: 250 bytes, at most 249"),
                request("PUT " + "é".repeat(125) + " x", "topic is too long: 250 bytes"),
                request("GET " + "x".repeat(100_000), "topic is too long: 100000 bytes"),
                request("GET unknown", "unknown topic unknown"),
                request("PUT unknown x", "unknown topic unknown"),
                request("STATE unknown", "unknown topic unknown"),
                request("FETCH unknown 1 0", "unknown topic unknown"),
                request("GET T", "unknown topic T"),
                bytes("GET \u00ff", "command and topic must be valid UTF-8"),
                bytes("\u00fe\u00ff t", "command and topic must be valid UTF-8"),
                bytes("REGISTER a\u00c0\u00af", "command and topic must be valid UTF-8"),
                bytes("REGISTER a\u00ed\u00a0\u0080", "command and topic must be valid UTF-8"),
                bytes("REGISTER a\u00f0\u009f\u0098", "command and topic must be valid UTF-8"),
                bytes("REGISTER a\u00f4\u0090\u0080\u0080", "command and topic must be valid UTF-8"),
                bytes("PUT \u0080 x", "command and topic must be valid UTF-8"));
    }

    @ParameterizedTest(name = "{1}: {2}")
    @MethodSource("malformedRequests")
    void aMalformedRequestIsAnsweredAndTheConnectionGoesOn(byte[] body, String shown, String error) throws IOException {
        WireReply reply = wire.ask(body);
        assertThat(reply.text()).as("reply to %s", shown).startsWith("ERR " + error);
        assertThat(reply.text()).doesNotContain("\n").doesNotContain("\r");
        wire.done("PUT t still here");
        assertThat(wire.ask("GET t").payloadText()).isEqualTo("still here");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET t ", "GET t\r\n", "get t", "Get t \t\u000b\f\r\n"})
    void whiteSpaceBehindACommandAndItsCaseDoNotMatter(String request) throws IOException {
        assertThat(wire.ask(request).isEmpty()).isTrue();
    }

    @Test
    void anEntryMayBeEmpty() throws IOException {
        wire.done("PUT t ");
        assertThat(wire.ask("GET t").text()).isEqualTo("OK ");
        assertThat(wire.ask("GET t").isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {MAX_FRAME_BYTES + 1, 2 * MAX_FRAME_BYTES, 10_000_000, MAX_SKIPPED_BYTES})
    void aFrameThatIsTooLongIsAnsweredAndPassedOver(long length) throws IOException {
        byte[] frame = Wire.frame(new byte[(int) length]);
        Arrays.fill(frame, Integer.BYTES, frame.length, (byte) 'x');
        wire.raw(frame).send("PUT t behind").flush();
        assertThat(wire.reply().text())
                .startsWith("ERR frame too large: " + length + " bytes, at most " + MAX_FRAME_BYTES + " are allowed");
        wire.reply().requireOk();
        assertThat(wire.ask("GET t").payloadText()).isEqualTo("behind");
    }

    @Test
    void framesWithinAFrameThatIsTooLongAreNotCarriedOut() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (body.size() <= MAX_FRAME_BYTES) {
            body.write(Wire.frame(Wire.utf8("PUT t smuggled")));
        }
        wire.raw(Wire.frame(body.toByteArray())).flush();
        assertThat(wire.reply().text()).startsWith("ERR frame too large: ");
        assertThat(wire.ask("GET t").isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {MAX_SKIPPED_BYTES + 1, 1L << 31, 0xffff_ffffL, 0x2054_4547L})
    void aLengthThatNoFrameHasIsAnsweredAndTheConnectionClosed(long length) throws IOException {
        wire.send("HELP").raw(Wire.header(length));
        assertThat(wire.reply().isOk()).isTrue();
        assertThat(wire.reply().text()).startsWith("ERR frame too large: " + length + " bytes");
        wire.awaitClosed();
    }

    @Test
    void theAnswerToALengthThatNoFrameHasArrivesThoughMoreWasSent() throws IOException {
        byte[] text = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(200).getBytes(StandardCharsets.US_ASCII);
        wire.raw(text);
        assertThat(wire.reply().text()).startsWith("ERR frame too large: ");
        wire.awaitClosed();
    }

    @Test
    void aFrameMayArriveByteByByte() throws IOException {
        for (byte one : Wire.frame(Wire.utf8("PUT t slow"))) {
            wire.raw(new byte[] {one});
        }
        wire.reply().requireOk();
        assertThat(wire.ask("GET t").payloadText()).isEqualTo("slow");
    }

    @Test
    void anUnfinishedFrameIsNeverCarriedOut() throws IOException {
        byte[] frame = Wire.frame(Wire.utf8("PUT t unfinished"));
        try (Wire leaving = node.connect()) {
            leaving.raw(Arrays.copyOf(frame, frame.length - 1)).endOutput();
            leaving.awaitClosed();
        }
        assertThat(wire.ask("GET t").isEmpty()).isTrue();
    }

    @Test
    void everyByteMayBeAPayload() throws IOException {
        List<byte[]> payloads = new ArrayList<>();
        for (int value = 0; value < 256; value++) {
            payloads.add(new byte[] {(byte) value});
            payloads.add(new byte[] {' ', (byte) value, '\n'});
        }
        assertKept("t", payloads);
    }

    @Test
    void everyCharacterMayBeInAPayload() throws IOException {
        List<byte[]> payloads = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (int character = 0; character <= Character.MAX_CODE_POINT; character++) {
            if (Character.getType(character) != Character.SURROGATE) {
                text.appendCodePoint(character);
            }
            if (text.length() >= 100_000) {
                payloads.add(Wire.utf8(text.toString()));
                text.setLength(0);
            }
        }
        payloads.add(Wire.utf8(text.toString()));
        assertKept("t", payloads);
    }

    @Test
    void payloadsOfAnyLengthUpToTheLimitAreKept() throws IOException {
        int longest = MAX_FRAME_BYTES - "PUT t ".length();
        Random random = new Random(1);
        List<byte[]> payloads = new ArrayList<>();
        for (int power = 0; power <= 20; power++) {
            for (int length = (1 << power) - 2; length <= (1 << power) + 2; length++) {
                if (length >= 0 && length <= longest) {
                    payloads.add(bytes(random, length));
                }
            }
        }
        for (int length = longest - 64; length <= longest; length++) {
            payloads.add(bytes(random, length));
        }
        assertKept("t", payloads);
        assertThat(wire.ask(Wire.put("t", new byte[longest + 1])).text()).startsWith("ERR frame too large: ");
        assertThat(wire.ask("GET t").isEmpty()).isTrue();
    }

    @Test
    void topicsMayHaveAnyName() throws IOException {
        List<String> names = List.of(
                "x".repeat(MAX_TOPIC_BYTES),
                "é".repeat(124) + "x",
                "日本語のトピック",
                "🦭🦭",
                "caf\u00e9",
                "cafe\u0301",
                "..",
                "/",
                "../../etc/passwd",
                "C:\\con",
                "%00",
                "-rf",
                "a\"b'c`$(d)",
                "{\"json\":1}",
                "\ufffd",
                "\ufeffbom",
                "\u202eabc");
        for (String name : names) {
            wire.done("REGISTER " + name);
            wire.done("PUT " + name + " entry of " + name);
        }
        for (String name : names) {
            assertThat(TopicState.of(wire, name).entries()).as(name).isEqualTo(1);
            assertThat(wire.ask("GET " + name).payloadText()).isEqualTo("entry of " + name);
            assertThat(Json.of(wire.ask("STATE " + name)).get("topic").asText()).isEqualTo(name);
        }
    }

    @Test
    void requestsOfRandomWordsGetOneReplyEach() throws IOException {
        long seed = Seeds.next("random words");
        Random random = new Random(seed);
        String[] words = {
            "PUT",
            "GET",
            "FETCH",
            "STATE",
            "HELP",
            "METRICS",
            "REGISTER",
            "put",
            " ",
            "  ",
            "t",
            "1",
            "0",
            "-1",
            "\0",
            "\n",
            "é",
            "\u00ff",
            "99999999999999999999",
            "x".repeat(250)
        };
        int requests = 5_000;
        for (int i = 0; i < requests; i++) {
            StringBuilder request = new StringBuilder();
            for (int word = random.nextInt(7); word > 0; word--) {
                request.append(words[random.nextInt(words.length)]).append(random.nextBoolean() ? " " : "");
            }
            wire.send(request.toString()
                    .getBytes(random.nextBoolean() ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1));
        }
        wire.flush();
        for (int i = 0; i < requests; i++) {
            WireReply reply = wire.reply();
            assertThat(reply.isOk() || reply.isEmpty() || reply.isError())
                    .as("%s, seed %d", reply, seed)
                    .isTrue();
        }
        assertThat(wire.ask("HELP").isOk()).isTrue();
        while (!wire.ask("GET t").isEmpty()) {
            // Entries the words happened to make: the other tests begin with an empty topic.
        }
    }

    @Test
    void streamsOfRandomBytesDisturbNobody() throws IOException {
        long seed = Seeds.next("random bytes");
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            try (Wire noisy = node.connect()) {
                if (random.nextBoolean()) {
                    noisy.raw(Wire.frame(bytes(random, random.nextInt(2_000))));
                    assertThat(noisy.reply().isError()).as("seed %d", seed).isTrue();
                }
                noisy.raw(bytes(random, 1 + random.nextInt(5_000)));
                if (random.nextInt(4) == 0) {
                    noisy.reset();
                }
            }
            wire.done("PUT t " + i);
            assertThat(wire.ask("GET t").payloadText()).isEqualTo(Integer.toString(i));
        }
    }

    private void assertKept(String topic, List<byte[]> payloads) throws IOException {
        for (byte[] payload : payloads) {
            wire.ask(Wire.put(topic, payload)).requireOk();
        }
        for (int i = 0; i < payloads.size(); i++) {
            assertThat(Arrays.equals(wire.ask("GET " + topic).payload(), payloads.get(i)))
                    .as("entry %d of %d bytes comes back as it was", i, payloads.get(i).length)
                    .isTrue();
        }
        assertThat(wire.ask("GET " + topic).isEmpty()).isTrue();
    }

    private static byte[] bytes(Random random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static Arguments request(String request, String error) {
        return Arguments.of(Wire.utf8(request), shown(request), error);
    }

    /// A request given byte by byte, each as the character of that number.
    private static Arguments bytes(String request, String error) {
        return Arguments.of(request.getBytes(StandardCharsets.ISO_8859_1), shown(request), error);
    }

    private static String shown(String request) {
        String visible = request.replaceAll("[^\\x20-\\x7e]", "?");
        return visible.length() <= 40 ? visible : visible.substring(0, 40) + "…";
    }
}
