package dev.fanoutgateway.redis;

import dev.fanoutgateway.spi.PluginFailure;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Redis answered with an error. Shows the error's code and nothing else of it: the rest may quote a key or its value. */
final class RedisErrorException extends PluginFailure {
    private static final long serialVersionUID = 1;

    /** At the beginning, or further on where a script has met it. */
    private static final Pattern CODE = Pattern.compile("(?:^|: ?)-?([A-Z]{2,20})\\b");

    private final String code;

    private RedisErrorException(String command, String address, String code) {
        super(command + " failed, Redis at " + address + " answered " + code);
        this.code = code;
    }

    /** @param message what Redis answered, such as {@code WRONGTYPE Operation against a key holding the wrong kind of value} */
    static RedisErrorException of(String command, String address, @Nullable String message) {
        String code = "an error";
        Matcher matcher = CODE.matcher(message == null ? "" : message);
        while (matcher.find() && (code.equals("an error") || code.equals("ERR"))) {
            code = matcher.group(1);
        }
        return new RedisErrorException(command, address, code);
    }

    /** Whether the key holds a value of another type than the command is for. */
    boolean isWrongType() {
        return code.equals("WRONGTYPE");
    }
}
