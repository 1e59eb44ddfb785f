package io.walrus.metadata;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;

/// One message as a byte array: a version byte, then the body, and nothing behind it.
final class Encoding {
    interface Body {
        void write(DataOutput out) throws IOException;
    }

    interface Parser<T> {
        T read(DataInputStream in) throws IOException;
    }

    private Encoding() {}

    static byte[] encode(int version, Body body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(version);
            body.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    static <T> T decode(int version, byte[] bytes, String what, Parser<T> parser) throws MalformedException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int found = in.readUnsignedByte();
            if (found != version) {
                throw new MalformedException(what + " of unknown version " + found);
            }
            T value = parser.read(in);
            if (in.available() > 0) {
                throw new MalformedException(what + " with " + in.available() + " bytes too many");
            }
            return value;
        } catch (EOFException _) {
            throw new MalformedException(what + " ends early");
        } catch (IllegalArgumentException e) {
            throw new MalformedException(what + ": " + e.getMessage());
        } catch (MalformedException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
    }
}
