package dev.fanoutgateway.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A Lua script. It is called by its digest; a server that does not know it (new, restarted, flushed, or promoted, since
 * not every version replicates scripts) is sent the text.
 */
final class Script {
    private final String name;
    private final byte[] text;
    private final String digest;
    private final byte[] asciiDigest;

    private Script(String name, byte[] text) {
        this.name = name;
        this.text = text;
        this.digest = sha1(text);
        this.asciiDigest = ascii(digest);
    }

    /** The script in the resource {@code name}.lua beside this class. */
    static Script named(String name) {
        try (InputStream in = Script.class.getResourceAsStream(name + ".lua")) {
            if (in == null) {
                throw new IllegalStateException("expected the script " + name + ".lua in the jar, found none");
            }
            return new Script(name, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The numbers that the script answers with. */
    CompletableFuture<List<Long>> run(Link link, byte[][] keys, byte[][] arguments) {
        return replies(link, keys, arguments);
    }

    /** As {@link #run}; blocks the calling thread instead, where a connection is free for that. */
    CompletableFuture<List<Long>> runHere(Link link, byte[][] keys, byte[][] arguments) {
        byte[][] call = new byte[2 + keys.length + arguments.length][];
        call[0] = asciiDigest;
        call[1] = ascii(keys.length);
        System.arraycopy(keys, 0, call, 2, keys.length);
        System.arraycopy(arguments, 0, call, 2 + keys.length, arguments.length);
        List<Long> answer;
        try {
            answer = link.evalshaHere(name, call);
        } catch (RedisUnavailableException e) {
            return CompletableFuture.failedFuture(e);
        }
        // an error of Redis's is one that left everything as it was: the other way knows what to do about it
        return answer == DirectLines.NONE ? run(link, keys, arguments) : CompletableFuture.completedFuture(answer);
    }

    /** What the script answers with, numbers or strings. */
    <T> CompletableFuture<List<T>> replies(Link link, byte[][] keys, byte[][] arguments) {
        return link.<List<T>>send(name, redis -> redis.evalsha(digest, ScriptOutputType.MULTI, keys, arguments))
                .exceptionallyCompose(failure -> failure instanceof RedisNoScriptException
                        ? link.send(name, redis -> redis.eval(text, ScriptOutputType.MULTI, keys, arguments))
                        : CompletableFuture.failedFuture(failure));
    }

    private static String sha1(byte[] text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] ascii(long number) {
        return ascii(Long.toString(number));
    }
}
