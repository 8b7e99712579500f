//! German, for accounts of hosts at Stripe.

use crate::words::payouts::Payouts;

pub(super) const PAYOUTS: Payouts = Payouts {
    title: "Ihr Konto bei Stripe",
    lead: "Was jemand für Ihre Räume und Pakete zahlt, geht auf ein Konto bei Stripe, das Ihnen gehört. Sie verkaufen: Gebühren von Stripe, Rückzahlungen, Einsprüche und Steuern sind ebenfalls Ihre, und Stripe zahlt Sie aus.",
    share: "Der Anteil derer, die diesen Server betreiben, geht von selbst davon ab und kommt mit einer Rückzahlung zurück. Verlieren Sie einen Einspruch über Geld, das Sie schon verdient hatten, bleibt der Anteil dort.",
    sign_in_first: "Nur wer hier ein Konto hat, kann eines bei Stripe verbinden. Bitte melden Sie sich zuerst an.",
    state: "Wie es steht",
    none: "Sie haben kein Konto verbunden, sodass in Ihren Räumen nichts bezahlt werden kann.",
    unfinished: "Sie haben Stripe noch nicht alles gesagt, was es wissen muss, sodass es für Sie noch keine Zahlungen annimmt.",
    ready: "Ihr Konto nimmt Zahlungen an. Was ab jetzt gezahlt wird, geht dorthin.",
    restricted: "Stripe nimmt für Ihr Konto gerade keine Zahlungen an. Dort steht, was es von Ihnen braucht.",
    pending: "Stripe prüft, was Sie ihm gesagt haben, und nimmt bis dahin keine Zahlungen für Sie an. Für Sie ist nichts zu tun.",
    rejected: "Stripe hat Ihr Konto abgelehnt und nimmt dafür keine Zahlungen an. Warum, kann Ihnen Stripe sagen. Sie können es unten trennen und ein anderes verbinden.",
    closed: "Dieser Server erreicht Ihr Konto nicht mehr: Die Verbindung wurde bei Stripe gelöst, oder das Konto wurde dort geschlossen. Nichts kann dorthin gezahlt werden, und nichts, was dorthin gezahlt wurde, kann von hier aus zurückgehen. Trennen Sie es unten; dann können Sie wieder eines verbinden.",
    word: "In den Worten von Stripe",
    number: "Nummer des Kontos",
    connect: "Ein Konto bei Stripe verbinden",
    go_on: "Bei Stripe weitermachen",
    look: "Nachsehen, was Stripe braucht",
    away: "Stripe war gerade nicht zu erreichen. Bitte versuchen Sie es gleich noch einmal.",
    refused: "Stripe hat das abgelehnt und würde es wieder ablehnen. Wer diesen Server betreibt, kann nachsehen, warum.",
    cut_heading: "Die Verbindung lösen",
    cut_text: "Wer gerade zahlen will, kann es dann nicht mehr, und in Ihren Räumen kann nichts Neues bezahlt werden, bis Sie wieder ein Konto verbinden. Was auf dieses gezahlt wurde, bleibt dort, und was zurückgehen muss, geht von dort zurück: Schließen Sie es bei Stripe nicht und lösen Sie die Verbindung dort nicht, bevor Ihr letztes Gespräch abgerechnet ist.",
    cut: "Dieses Konto trennen",
};
