package dev.fanoutgateway.spi;

/**
 * Why a plug-in has failed, in words that hold no secret: unlike the message of any other exception, the developers are told
 * them. Has neither a stack trace nor a cause.
 */
public class PluginFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param reason without keys, addresses of callers, or anything else that is theirs */
    public PluginFailure(String reason) {
        super(reason, null, false, false);
    }
}
