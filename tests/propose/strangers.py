"""Exports of systems that nobody prepared for: a few rows each, as those systems write them."""

from __future__ import annotations

PIPEDRIVE = {
    "pipedrive/deals-4211-77.csv": """
        Deal - ID,Deal - Title,Deal - Value,Deal - Currency of Value,Deal - Organization,Deal - Owner,Deal - Stage,Deal - Status,Deal - Deal created,Deal - Update time,Deal - Expected close date,Deal - Won time,Deal - Lost time,Deal - Lost reason
        1,Rollout,12000,EUR,Nordlicht,Eva Lund,Qualified,Open,2026-03-02 09:00:00,2026-07-01 10:00:00,2026-09-15,,,
        2,More seats,8000,EUR,Hafen AG,Jon Berg,Proposal Made,Open,2026-04-12 09:00:00,2026-07-02 10:00:00,2026-08-20,,,
        3,First order,5000,EUR,Nordlicht,Eva Lund,Proposal Made,Won,2026-01-20 09:00:00,2026-06-30 10:00:00,2026-07-10,2026-06-30 10:00:00,,
        4,Pilot,4000,EUR,Ulme,Jon Berg,Qualified,Lost,2026-02-11 09:00:00,2026-05-19 10:00:00,2026-06-01,,2026-05-19 10:00:00,Price
    """,
    "pipedrive/organizations-4211-78.csv": """
        Organization - ID,Organization - Name,Organization - Address,Organization - Owner
        7,Nordlicht,Hafenstr. 1,Eva Lund
        8,Hafen AG,Kai 2,Jon Berg
        9,Ulme,Waldweg 3,Jon Berg
    """,
}  # fmt: skip

ZOHO = {
    "zoho/Deals_2026_07_20.csv": """
        Record Id,Deal Name,Amount,Stage,Closing Date,Account Name,Deal Owner,Type,Probability (%),Lead Source,Created Time,Modified Time
        zcrm_1,Alpha,12000,Qualification,09/15/2026,Northwind,Ann Lee,New Business,10,Web,2026-03-10 10:00:00,2026-07-11 12:00:00
        zcrm_2,Beta,8000,Proposal/Price Quote,08/20/2026,Harbor,Ann Lee,Existing Business,75,-None-,2026-04-10 10:00:00,2026-07-12 12:00:00
        zcrm_3,Gamma,5000,Closed Won,07/08/2026,Elm,Bo Dan,New Business,100,Partner,2026-01-10 10:00:00,2026-07-08 12:00:00
        zcrm_4,Delta,4000,Closed Lost to Competition,06/30/2026,Quay,Bo Dan,New Business,0,Web,2026-02-10 10:00:00,2026-06-30 12:00:00
    """,
}  # fmt: skip

DYNAMICS = {
    "dynamics/My Opportunities 7-20-2026 9-15-00 AM.csv": """
        (Do Not Modify) Opportunity,Topic,Potential Customer,Est. Close Date,Est. Revenue,Probability,Status,Status Reason,Pipeline Phase,Owner,Created On,Actual Close Date
        a1-0001,Alpha,Northwind,9/15/2026,12000,60,Open,In Progress,1-Qualify,Kim Park,3/2/2026,
        a1-0002,Beta,Harbor,8/20/2026,8000,80,Open,In Progress,3-Propose,Kim Park,4/12/2026,
        a1-0003,Gamma,Elm,7/31/2026,5000,100,Won,Won,4-Close,Lee Roy,1/20/2026,7/8/2026
        a1-0004,Delta,Quay,6/15/2026,4000,0,Lost,Canceled,2-Develop,Lee Roy,2/11/2026,6/30/2026
    """,
}  # fmt: skip

ODOO = {
    "odoo/crm.lead.csv": """
        "id","name","partner_id","user_id","stage_id","expected_revenue","probability","create_date","date_deadline","date_closed","type","write_date"
        "crm_1","Alpha","Azure","Mitchell","New","12000.0","12.5","2026-03-02 10:11:12","2026-09-15","","opportunity","2026-07-11 03:04:05"
        "crm_2","Beta","Deco","Mitchell","Proposition","8000.0","71.0","2026-04-12 10:11:12","2026-08-20","","opportunity","2026-07-12 03:04:05"
        "crm_3","Gamma","Azure","Joel","Won","5000.0","100.0","2026-01-20 10:11:12","2026-07-31","2026-07-08 10:00:00","opportunity","2026-07-08 10:00:01"
        "crm_4","A form","Elm","Joel","New","0.0","5.0","2026-07-01 10:11:12","","","lead","2026-07-01 03:04:05"
    """,
}  # fmt: skip

GERMAN = {
    "Vertrieb/Verkaufschancen Stand 20.07.2026.csv": """
        Vorgangsnr;Kunde;Kundennr.;Bezeichnung;Phase;Auftragswert (EUR);Wahrscheinlichkeit;Abschluss geplant;Angelegt am;Letzte Änderung;Betreuer;Art
        V-1;Nordlicht GmbH;10001;Einführung;Qualifiziert;12.000,50;25 %;15.09.2026;02.03.2026;11.07.2026;Müller;Neugeschäft
        V-2;Hafen AG;10002;Mehr Plätze;Angebot;8.000,00;50 %;20.08.2026;12.04.2026;12.07.2026;Müller;Bestand
        V-3;Nordlicht GmbH;10001;Verlängerung 2026;Gewonnen;1.250.000,00;100 %;08.07.2026;20.01.2026;08.07.2026;Schmidt;Verlängerung
        V-4;Ulme e.K.;10003;Pilot;Verloren;4.000,00;0 %;30.06.2026;11.02.2026;30.06.2026;Schmidt;Neugeschäft
    """,
    "Vertrieb/Kundenliste.csv": """
        Kundennr.;Firma;Branche;Mitarbeiter;Ort;Land
        10001;Nordlicht GmbH;Maschinenbau;320;Kiel;DE
        10002;Hafen AG;Handel;1400;Hamburg;DE
        10003;Ulme e.K.;Handel;9;Köln;DE
    """,
}  # fmt: skip

BRAZILIAN = {
    "negocios.csv": """
        Código;Negócio;Empresa;Responsável;Etapa do Funil;Valor Total;Previsão de Fechamento;Data de Criação;Origem;Motivo da Perda
        1;Alfa;Norte Ltda;João;Qualificação;R$ 12.000,50;15/09/2026;02/03/2026;Indicação;
        2;Beta;Porto SA;João;Proposta;R$ 8.000,00;20/08/2026;12/04/2026;não informado;
        3;Gama;Norte Ltda;Ana;Ganho;R$ 5.000,00;08/07/2026;20/01/2026;Site;
        4;Delta;Olmo ME;Ana;Perdido;R$ 4.000,00;30/06/2026;11/02/2026;Site;Preço
    """,
}  # fmt: skip

EVENT_LOG = {
    "log/vorgaenge.csv": """
        Vorgang,Lfd Nr,Schritt,Zeit,Betrag
        K1,1,Eingang,2026-03-02T09:00:00,12000
        K1,2,Qualifiziert,2026-03-05T09:00:00,12000
        K1,3,Angebot,2026-04-01T09:00:00,12000
        K2,1,Eingang,2026-03-03T09:00:00,8000
        K2,2,Qualifiziert,2026-03-09T09:00:00,8000
        K2,3,Gewonnen,2026-05-01T09:00:00,8000
        K3,1,Eingang,2026-04-03T09:00:00,5000
        K3,2,Verloren,2026-04-20T09:00:00,5000
    """,
}

ALL = {
    "pipedrive": PIPEDRIVE, "zoho": ZOHO, "dynamics": DYNAMICS, "odoo": ODOO, "german": GERMAN, "brazilian": BRAZILIAN,
    "event_log": EVENT_LOG,
}  # fmt: skip
