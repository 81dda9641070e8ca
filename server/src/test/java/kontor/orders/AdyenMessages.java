package kontor.orders;

import com.adyen.model.notification.Amount;
import com.adyen.model.notification.NotificationRequestItem;
import com.adyen.util.HMACValidator;
import java.security.SignatureException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import kontor.Api;
import kontor.TestGateway;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Sends what Adyen could send, signed by the SDK, and reads what became of it. */
@Component
class AdyenMessages {
    private final Api api;
    private final JdbcClient database;

    AdyenMessages(Api api, JdbcClient database) {
        this.api = api;
        this.database = database;
    }

    /** The name of an order's newest operation of this kind, as Adyen was told it. */
    String nameOf(Api.Answer order, String kind) {
        return database.sql("""
                        SELECT left(installation.id::text, 13) || '-' || order_id || '-' || operations.id
                        FROM payments.operations, payments.installation
                        WHERE order_id = ?::bigint AND kind = ? ORDER BY operations.id DESC LIMIT 1
                        """)
                .params(order.at("/id"), kind)
                .query(String.class)
                .single();
    }

    String tell(Api.Answer order, String code, String reference, boolean success, long value) {
        return tell(order, code, reference, success, value, "GBP");
    }

    /**
     * About the payment of an order.
     *
     * @param reference of the operation that it names
     * @return what became of it
     */
    String tell(Api.Answer order, String code, String reference, boolean success, long value, String currency) {
        return tell(order, code, reference, success, value, currency, anyName());
    }

    /** @param name Adyen's own of what it tells of: the same for everything that it tells of that */
    String tell(
            Api.Answer order,
            String code,
            String reference,
            boolean success,
            long value,
            String currency,
            String name) {
        var item = new NotificationRequestItem()
                .setEventCode(code)
                .setMerchantAccountCode(TestGateway.ADYEN_ACCOUNT)
                .setMerchantReference(reference)
                .setOriginalReference(TestGateway.paymentIntentOf(order.at("/id")))
                .setPspReference(name)
                .setSuccess(success)
                .setAmount(new Amount().currency(currency).value(value));
        var answer = api.post(
                "/gateways/adyen/webhook",
                Map.of("live", "false", "notificationItems", List.of(Map.of("NotificationRequestItem", json(item)))),
                "Authorization",
                TestGateway.ADYEN_AUTHORIZATION);
        if (answer.status() != 200) throw new AssertionError(answer.text());
        return database.sql("SELECT state FROM payments.inbound_events WHERE gateway = 'adyen' AND event_id = ?")
                .param(code + ":" + item.getPspReference() + ":" + success)
                .query(String.class)
                .single();
    }

    static String anyName() {
        return UUID.randomUUID().toString().replace("-", "").substring(0, 16);
    }

    private static Map<String, Object> json(NotificationRequestItem item) {
        try {
            return Map.of(
                    "eventCode",
                    item.getEventCode(),
                    "merchantAccountCode",
                    item.getMerchantAccountCode(),
                    "merchantReference",
                    item.getMerchantReference(),
                    "originalReference",
                    item.getOriginalReference(),
                    "pspReference",
                    item.getPspReference(),
                    "success",
                    Boolean.toString(item.isSuccess()),
                    "amount",
                    Map.of(
                            "currency",
                            item.getAmount().getCurrency(),
                            "value",
                            item.getAmount().getValue()),
                    "additionalData",
                    Map.of("hmacSignature", new HMACValidator().calculateHMAC(item, TestGateway.ADYEN_HMAC_KEY)));
        } catch (SignatureException e) {
            throw new AssertionError(e);
        }
    }
}
