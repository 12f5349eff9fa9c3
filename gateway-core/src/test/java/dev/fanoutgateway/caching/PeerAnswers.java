package dev.fanoutgateway.caching;

import java.util.List;

/**
 * What a cache says of a {@link PeerVector}.
 *
 * @param stored whether it stores the response; nothing else is told where it does not
 * @param lifetime for how long it is fresh, in milliseconds
 * @param age its age when the second request comes, in seconds
 * @param reuse what the second request gets: {@code H} what is stored, {@code W} the same while it is asked for anew, {@code
 *     M} nothing without asking
 * @param update of a 304: the lifetime in milliseconds that it gives to what is stored, {@code N} if it is about something
 *     else; of an error: {@code C} if what is stored covers it, else {@code N}; {@code -} without either
 */
record PeerAnswers(boolean stored, String lifetime, String age, String reuse, String update) {
    static final PeerAnswers NOT_STORED = new PeerAnswers(false, "", "", "", "");

    /** As the file holds it. */
    static PeerAnswers of(List<String> columns) {
        return columns.get(0).equals("0")
                ? NOT_STORED
                : new PeerAnswers(true, columns.get(1), columns.get(2), columns.get(3), columns.get(4));
    }

    String of(Aspect aspect) {
        return switch (aspect) {
            case STORED -> stored ? "1" : "0";
            case LIFETIME -> lifetime;
            case AGE -> age;
            case REUSE -> reuse;
            case UPDATE -> update;
        };
    }

    /** What is compared. */
    enum Aspect {
        STORED,
        LIFETIME,
        AGE,
        REUSE,
        UPDATE
    }
}
