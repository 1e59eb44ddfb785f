package io.walrus.server;

import io.walrus.consensus.InternalHandler;
import java.nio.charset.StandardCharsets;

/// Answers other nodes: today only who this one is. Every message begins with the version of the internal protocol.
final class HelloHandler implements InternalHandler {
    static final byte VERSION = 1;

    private final byte[] answer;

    HelloHandler(long nodeId) {
        byte[] text = ("walrus node " + nodeId).getBytes(StandardCharsets.US_ASCII);
        answer = new byte[text.length + 1];
        answer[0] = VERSION;
        System.arraycopy(text, 0, answer, 1, text.length);
    }

    @Override
    public byte[] handle(byte[] request) {
        return answer.clone();
    }
}
