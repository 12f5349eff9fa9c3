package dev.fanoutgateway.jwt;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The header's {@code typ} (RFC 7515 section 4.1.9): a media type, whose {@code application/} may be left out. */
final class TokenType {
    private static final String APPLICATION = "application/";

    private TokenType() {}

    /** @param presented null if the token has none, which is what a plain JWT may have */
    static boolean fits(@Nullable String presented, Set<String> types) {
        return presented == null
                ? types.size() > 1 || types.contains("jwt")
                : types.contains(normal(presented.toLowerCase(Locale.ROOT)));
    }

    static String normal(String lowerCase) {
        return lowerCase.startsWith(APPLICATION) ? lowerCase.substring(APPLICATION.length()) : lowerCase;
    }
}
