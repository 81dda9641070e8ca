package kontor.accounts;

import java.util.List;
import java.util.Optional;
import kontor.mail.KeptMail;
import kontor.mail.Mails;
import kontor.web.Refusal;
import org.springframework.stereotype.Component;

/** What a person was written, to whichever address they had or wanted. */
@Component
class MailsOfPeople implements PersonalData {
    private final Mails mails;

    MailsOfPeople(Mails mails) {
        this.mails = mails;
    }

    @Override
    public String name() {
        return "mails";
    }

    @Override
    public Optional<Refusal> reasonToKeep(long userId) {
        return Optional.empty();
    }

    @Override
    public void erase(long userId) {
        mails.forget(userId);
    }

    @Override
    public List<KeptMail> of(long userId) {
        return mails.of(userId);
    }
}
