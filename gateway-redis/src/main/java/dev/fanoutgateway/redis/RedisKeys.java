package dev.fanoutgateway.redis;

import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.spi.KeyAuthenticator;
import dev.fanoutgateway.spi.KeyCredential;
import dev.fanoutgateway.spi.PluginFailure;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keys that gateways share. The key itself is never stored: each is a hash under {@code key:} and the SHA-256 of its UTF-8
 * bytes in lower-case hexadecimal, so that an operator can write one too:
 *
 * <pre>
 * HSET fg:key:$(printf %s "$KEY" | sha256sum | cut -c-64) id demo plan basic expires 1798761600000 attr.team blue
 * </pre>
 *
 * <p>{@code id} and {@code plan} are required; {@code expires} is in milliseconds since 1970-01-01T00:00Z; each
 * {@code attr.NAME} becomes an attribute of the {@link Caller}. A hash without the required fields is a failure, not an
 * unknown key. Changes hold from the next request on. Safe for use by any thread; stages fail if Redis does.
 */
public final class RedisKeys implements KeyAuthenticator {
    private static final Script PUT = Script.named("put-key");
    private static final String ATTRIBUTE = "attr.";

    private final Link link;
    private final String prefix;
    private final LongSupplier currentTimeMillis;

    RedisKeys(Link link, String prefix, LongSupplier currentTimeMillis) {
        this.link = link;
        this.prefix = prefix;
        this.currentTimeMillis = currentTimeMillis;
    }

    @Override
    public CompletionStage<Optional<Caller>> authenticate(KeyCredential credential) {
        byte[] name = name(credential.sha256());
        return link.<Map<byte[], byte[]>>send("key lookup", redis -> redis.hgetall(name))
                .thenApply(this::callerOf);
    }

    /** Lets {@code key} in as {@code caller}, in place of what it was before, until it is removed. */
    public CompletionStage<@Nullable Void> put(String key, Caller caller) {
        return put(key, caller, null);
    }

    /** Lets {@code key} in as {@code caller}, in place of what it was before, until {@code expires} (null: for good). */
    public CompletionStage<@Nullable Void> put(String key, Caller caller, @Nullable Instant expires) {
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(expires == null ? utf8("") : Script.ascii(expires.toEpochMilli()));
        add(arguments, "id", caller.id());
        add(arguments, "plan", caller.plan());
        if (expires != null) {
            add(arguments, "expires", Long.toString(expires.toEpochMilli()));
        }
        caller.attributes().forEach((name, value) -> add(arguments, ATTRIBUTE + name, value));
        byte[][] keys = {name(KeyCredential.sha256Of(key))};
        return PUT.run(link, keys, arguments.toArray(byte[][]::new)).thenApply(reply -> null);
    }

    /** Lets {@code key} in no longer. Whether it was known. */
    public CompletionStage<Boolean> remove(String key) {
        byte[] name = name(KeyCredential.sha256Of(key));
        return link.<Long>send("key removal", redis -> redis.del(name)).thenApply(count -> count > 0);
    }

    private Optional<Caller> callerOf(Map<byte[], byte[]> stored) {
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> fields = new HashMap<>();
        Map<String, String> attributes = new HashMap<>();
        stored.forEach((name, value) -> {
            String text = new String(name, StandardCharsets.UTF_8);
            if (text.startsWith(ATTRIBUTE)) {
                attributes.put(text.substring(ATTRIBUTE.length()), new String(value, StandardCharsets.UTF_8));
            } else {
                fields.put(text, new String(value, StandardCharsets.UTF_8));
            }
        });
        String id = required(fields, "id");
        String plan = required(fields, "plan");
        return hasExpired(fields.get("expires")) ? Optional.empty() : Optional.of(new Caller(id, plan, attributes));
    }

    private boolean hasExpired(@Nullable String expires) {
        if (expires == null) {
            return false;
        }
        try {
            return Long.parseLong(expires) <= currentTimeMillis.getAsLong();
        } catch (NumberFormatException e) {
            throw new PluginFailure("expected milliseconds as 'expires' of a key in Redis, got something else");
        }
    }

    private static String required(Map<String, String> fields, String name) {
        String value = fields.get(name);
        if (value == null || value.isEmpty()) {
            throw new PluginFailure("expected a field '" + name + "' with a key in Redis, found none");
        }
        return value;
    }

    private static void add(List<byte[]> arguments, String name, String value) {
        arguments.add(utf8(name));
        arguments.add(utf8(value));
    }

    private byte[] name(byte[] sha256) {
        return utf8(prefix + "key:" + HexFormat.of().formatHex(sha256));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
