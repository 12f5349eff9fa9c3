package dev.fanoutgateway.redis;

import dev.fanoutgateway.spi.StoreUnavailableException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Redis did not do what it was asked for: it is down, late, or answered with an error. Has no cause, whose text may show how
 * we log in.
 */
final class RedisUnavailableException extends StoreUnavailableException {
    private static final long serialVersionUID = 1;
    private static final Pattern USER_INFO = Pattern.compile("//[^@/\\s]*@");

    RedisUnavailableException(String store, String message) {
        super(store, message);
    }

    /** What failed, for people to read, without anything that stands before an {@code @} in a URI. */
    static String reason(@Nullable Throwable failure) {
        if (failure == null) {
            return "no reason given";
        }
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root.getClass().getSimpleName()
                + (root.getMessage() == null
                        ? ""
                        : ": " + USER_INFO.matcher(root.getMessage()).replaceAll("//"));
    }
}
