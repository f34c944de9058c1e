"""A library of two patrons and five items behind pysip2. Prints its port; prints its books, one JSON line, whenever a
line comes on standard input."""

import json
import sys

import anyio
import pysip2 as sip

PATRONS = {"P1": "Айгерім Сынақбай", "P2": "Мирас Үлгібай"}
ITEMS = {f"I{n}": f"Үлгі {n}" for n in range(1, 6)}
loans = {}
log = []

app = sip.SIP2Server(institution_id="SCHOOL", encoding="utf-8", error_detection=sys.argv[1])


@app.route(sip.LOGIN)
async def login(req, ctx):
    ok = (req.login_user_id, req.login_password) == ("kiosk", "secret")
    return sip.LoginResponse(ok="1" if ok else "0")


@app.route(sip.PATRON_INFORMATION)
async def patron(req, ctx):
    charged = tuple(item for item, (who, _) in loans.items() if who == req.patron_identifier)
    return sip.PatronInformationResponse(
        patron_status=" " * 14,
        language=req.language,
        transaction_date=ctx.now_18(),
        hold_items_count="0000",
        overdue_items_count="0000",
        charged_items_count=f"{len(charged):04}",
        fine_items_count="0000",
        recall_items_count="0000",
        unavailable_holds_count="0000",
        institution_id=req.institution_id,
        patron_identifier=req.patron_identifier,
        personal_name=PATRONS.get(req.patron_identifier, ""),
        valid_patron="Y" if req.patron_identifier in PATRONS else "N",
        charged_items=charged if req.summary[2] == "Y" else (),
    )


@app.route(sip.ITEM_INFORMATION)
async def item(req, ctx):
    loan = loans.get(req.item_identifier)
    known = req.item_identifier in ITEMS
    return sip.ItemInformationResponse(
        circulation_status="01" if not known else "04" if loan else "03",
        security_marker="00",
        fee_type="01",
        transaction_date=ctx.now_18(),
        due_date=loan[1] if loan else None,
        item_identifier=req.item_identifier,
        title_identifier=ITEMS.get(req.item_identifier, ""),
    )


def lent(kind, req, ctx, ok, renewed):
    return kind(
        ok="1" if ok else "0",
        renewal_ok="Y" if renewed else "N",
        magnetic_media="N",
        desensitize="Y",
        transaction_date=ctx.now_18(),
        institution_id=req.institution_id,
        patron_identifier=req.patron_identifier,
        item_identifier=req.item_identifier,
        title_identifier=ITEMS.get(req.item_identifier, ""),
        due_date=loans[req.item_identifier][1] if ok else "",
        screen_message=() if ok else ("Item not available",),
    )


@app.route(sip.CHECKOUT)
async def checkout(req, ctx):
    loan = loans.get(req.item_identifier)
    renewed = loan is not None and loan[0] == req.patron_identifier
    ok = req.item_identifier in ITEMS and req.patron_identifier in PATRONS and (loan is None or renewed)
    if ok:
        loans[req.item_identifier] = (req.patron_identifier, req.nb_due_date)
        log.append(["lent again" if renewed else "lent", req.patron_identifier, req.item_identifier])
    return lent(sip.CheckoutResponse, req, ctx, ok, renewed)


@app.route(sip.RENEW)
async def renew(req, ctx):
    loan = loans.get(req.item_identifier)
    ok = loan is not None and loan[0] == req.patron_identifier
    if ok:
        loans[req.item_identifier] = (req.patron_identifier, req.nb_due_date)
        log.append(["renewed", req.patron_identifier, req.item_identifier])
    return lent(sip.RenewResponse, req, ctx, ok, ok)


@app.route(sip.CHECKIN)
async def checkin(req, ctx):
    loan = loans.pop(req.item_identifier, None)
    if loan:
        log.append(["returned", loan[0], req.item_identifier])
    return sip.CheckinResponse(
        ok="1" if loan else "0",
        resensitize="Y",
        magnetic_media="N",
        alert="N",
        transaction_date=ctx.now_18(),
        institution_id=req.institution_id,
        item_identifier=req.item_identifier,
        permanent_location="",
        title_identifier=ITEMS.get(req.item_identifier, ""),
    )


@app.route(sip.END_PATRON_SESSION)
async def end(req, ctx):
    log.append(["left", req.patron_identifier, ""])
    return sip.EndSessionResponse(
        end_session="Y",
        transaction_date=ctx.now_18(),
        institution_id=req.institution_id,
        patron_identifier=req.patron_identifier,
    )


async def main():
    async with app.start() as port:
        print(port, flush=True)
        while await anyio.to_thread.run_sync(sys.stdin.readline):
            books = {item: {"patron": who, "due": due} for item, (who, due) in loans.items()}
            print(json.dumps({"loans": books, "log": log}), flush=True)


anyio.run(main)
